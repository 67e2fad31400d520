import { AppError } from '#contract/errors.ts';
import type { ModelVersion } from '#contract/models.ts';
import { HeaderError } from '../../../platform/modelFiles/headerError.ts';
import type { ModelFileReader } from '../../../platform/modelFiles/modelFileReader.ts';
import type { HeaderMetadata } from '../../../platform/modelFiles/modelHeader.ts';

const NOTHING: HeaderMetadata = { entries: [], chatTemplate: null, tensorCount: 0, tensorTypes: {} };

/** The header's own entries, read now; a format without any has none. @throws model.unreadable */
export async function readModelMetadata(reader: Pick<ModelFileReader, 'readMetadata'>, { format, path, folder }: Pick<ModelVersion, 'format' | 'path' | 'folder'>): Promise<HeaderMetadata> {
  if (path === null) throw new AppError('model.unreadable', 'its files are gone', { path: folder, reason: 'missing' });
  try {
    return await reader.readMetadata(format, path) ?? NOTHING;
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    throw new AppError('model.unreadable', 'the header cannot be read', { path, reason: `${error.problem}: ${error.message}` }, { cause: error });
  }
}
