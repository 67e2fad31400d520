import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

/** A file `locales/en/journal.json` holds the words under `journal.`: its content begins below its own name. */
const files = import.meta.glob<Record<string, unknown>>('../../resources/locales/*/*.json', { eager: true, import: 'default' });

function toResources(): Record<string, { translation: Record<string, unknown> }> {
  const resources: Record<string, { translation: Record<string, unknown> }> = {};
  for (const [path, words] of Object.entries(files)) {
    const [, language = 'en', area = ''] = /locales\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? [];
    (resources[language] ??= { translation: {} }).translation[area] = words;
  }
  return resources;
}

/** Makes every word ready before the first component is drawn. */
export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: toResources(),
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

export { i18next };
