import type { SystemService } from '../features/system/index.ts';
import type { Api } from './api.ts';

export function systemHandlers(api: Api['system'], service: SystemService) {
  return {
    status: api.status.handler(() => service.status()),
    doctor: api.doctor.handler(() => service.doctor()),
    stop: api.stop.handler(({ input }) => { service.requestStop(input.runs); }),
    createLink: api.createLink.handler(() => ({ url: service.createLink() })),
    reveal: api.reveal.handler(({ input }) => service.reveal(input.path)),
  };
}
