/** What a colour says. Never alone: a word or an icon says the same. */
export type Tone = 'idle' | 'busy' | 'ok' | 'stalled' | 'stopping' | 'error' | 'accent';

export const toneText: Record<Tone, string> = {
  idle: 'text-idle', busy: 'text-busy', ok: 'text-ok', stalled: 'text-stalled', stopping: 'text-stopping', error: 'text-error', accent: 'text-accent',
};

export const toneFill: Record<Tone, string> = {
  idle: 'bg-idle', busy: 'bg-busy', ok: 'bg-ok', stalled: 'bg-stalled', stopping: 'bg-stopping', error: 'bg-error', accent: 'bg-accent',
};
