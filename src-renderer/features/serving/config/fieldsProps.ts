import type { ModelConfigSettings } from '#contract/modelConfigs.ts';
import type { ConfigTexts } from './configDraft.ts';

/** What the fields of a configuration show and change. */
export interface FieldsProps {
  settings: ModelConfigSettings;
  texts: ConfigTexts;
  set: (part: Partial<ModelConfigSettings>) => void;
  setText: (part: Partial<ConfigTexts>) => void;
  /** What is wrong with a field, in words. */
  faultOf: (field: string) => string | undefined;
}
