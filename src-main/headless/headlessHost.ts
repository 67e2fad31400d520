import { AppError } from '#contract/errors.ts';
import type { Host } from '../platform/host/host.ts';

/** A host without a desktop: it can do nothing and says so. */
export class HeadlessHost implements Host {
  readonly shell = 'headless';
  readonly canPickFiles = false;
  readonly canPickFolders = false;
  readonly canReveal = false;
  readonly canNotify = false;
  readonly canOpenExternal = false;

  async pickFile(): Promise<null> {
    throw unsupported('pickFile');
  }

  async pickFolder(): Promise<null> {
    throw unsupported('pickFolder');
  }

  async reveal(): Promise<void> {
    throw unsupported('reveal');
  }

  async notify(): Promise<void> {
    throw unsupported('notify');
  }

  async openExternal(): Promise<void> {
    throw unsupported('openExternal');
  }
}

function unsupported(capability: string): AppError<'host.unsupported'> {
  return new AppError('host.unsupported', `the headless shell cannot ${capability}`, { capability });
}
