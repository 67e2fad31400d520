/** The oldest Node whose ABI the native packages load under; older ones crash instead of refusing (better-sqlite3 13). */
export const OLDEST_NODE = '22.12';

/** Null when this Node is new enough, else a sentence that says what to do. Import nothing native before asking. */
export function explainOldNode(version: string = process.versions.node): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return null;
  return `This is Node ${version}, and Wheelhouse needs ${OLDEST_NODE} or newer. "npm start" brings its own.`;
}
