import type { SettingValue } from '#contract/settings.ts';

export type QuitDecision = { kind: 'ask' } | { kind: 'quit'; runs: 'stop' | 'leave' };

/** Decides how to quit: what was chosen in the menu, else what the setting says, else a question, but none where nothing runs. */
export function decideQuit({ chosen, setting, liveCount }: {
  chosen: 'stop' | 'leave' | null;
  setting: SettingValue<'window.onQuit'>;
  liveCount: number;
}): QuitDecision {
  if (chosen !== null) return { kind: 'quit', runs: chosen };
  if (liveCount === 0) return { kind: 'quit', runs: 'leave' };
  return setting === 'ask' ? { kind: 'ask' } : { kind: 'quit', runs: setting };
}
