import type { Route } from '../../app/route.ts';
import { navigate } from '../../app/route.ts';

export const modelPages = ['library', 'hub', 'downloads', 'serving', 'keys'] as const;
export type ModelPage = (typeof modelPages)[number];

/** Where in the area one is: `#/models/library/<versionId>`, `#/models/hub/<owner>/<name>`. */
export interface ModelPlace { page: ModelPage; rest: readonly string[] }

export function toModelPlace({ rest: [page, ...rest] }: Route): ModelPlace {
  return { page: modelPages.find((each) => each === page) ?? 'library', rest };
}

export function showModelPage(page: ModelPage, ...rest: readonly string[]): void {
  navigate('models', page, ...rest);
}

export function showVersion(versionId: string | null): void {
  showModelPage('library', ...(versionId === null ? [] : [versionId]));
}

export function showRepository(repo: string | null): void {
  showModelPage('hub', ...(repo === null ? [] : repo.split('/')));
}
