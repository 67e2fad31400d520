import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { TextArea } from '../../../ui/TextArea.tsx';
import { TextField } from '../../../ui/TextField.tsx';
import type { FieldsProps } from './fieldsProps.ts';
import { NumberBox } from './NumberBox.tsx';

const PORT = 8_000;

/** Which image answers, on which port, and what it is started with. */
export function ContainerFields({ settings: { container }, texts, set, setText, faultOf }: FieldsProps): ReactNode {
  const { t } = useTranslation();
  const now = container ?? { image: '', args: [], port: PORT, environment: {} };
  const change = (part: Partial<typeof now>): void => { set({ container: { ...now, ...part } }); };
  return (
    <>
      <TextField label={t('serving.config.image')} isMono error={faultOf('container.image')} value={now.image} onChange={(image) => { change({ image }); }} />
      <NumberBox label={t('serving.config.port')} error={faultOf('container.port')} value={now.port} onChange={(port) => { change({ port: port ?? PORT }); }} />
      <TextArea label={t('serving.config.args')} isMono rows={3} help={t('serving.config.argsHelp')} error={faultOf('container.args')} value={texts.args} onChange={(args) => { setText({ args }); }} />
      <TextArea label={t('serving.config.environment')} isMono rows={3} help={t('serving.config.environmentHelp')} error={faultOf('container.environment')} value={texts.environment} onChange={(environment) => { setText({ environment }); }} />
    </>
  );
}
