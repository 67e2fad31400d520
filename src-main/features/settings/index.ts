export { SettingsRepository } from './settingsRepository.ts';
export { SettingsService } from './settingsService.ts';
export { parseSettingEnvironment, variableOf } from './settingEnvironment.ts';
