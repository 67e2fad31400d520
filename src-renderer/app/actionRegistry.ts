/** Something a user can do: in the palette, under its shortcut, in menus. */
export interface Action {
  /** Unique, dotted: `instances.start`. */
  id: string;
  /** A verb and its object, translated. */
  title: string;
  /** The heading it stands under in the palette, translated: the area's name. */
  area: string;
  /** `Ctrl+K`, `Shift+F10`, `/`; one key alone is not taken while text is typed. */
  shortcut?: string | undefined;
  /** The component in focus handles the shortcut itself; the registry only shows it. */
  isShortcutLocal?: boolean;
  /** The shortcut is also taken from a focused terminal (an element inside `data-terminal`). */
  worksInTerminal?: boolean;
  /** The palette lists it only once something of its title is typed: one of many of its kind. */
  isOnlyFound?: boolean;
  /** True, or the reason why it cannot be done now. */
  isEnabled: () => true | string;
  run: () => void | Promise<void>;
}

/** All actions of what is on screen now. Asked when needed, so that a source may answer differently each time. */
export class ActionRegistry {
  readonly #sources = new Set<() => readonly Action[]>();
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  register(source: () => readonly Action[]): () => void {
    this.#sources.add(source);
    return () => { this.#sources.delete(source); };
  }

  /** In order of registration; of two with the same id the later stands. */
  list(): Action[] {
    const byId = new Map([...this.#sources].flatMap((source) => source()).map((action) => [action.id, action]));
    return [...byId.values()];
  }

  get(id: string): Action | undefined {
    return this.list().find((action) => action.id === id);
  }

  /** Runs it if it is enabled; a failure is reported to the user. */
  run(action: Action): void {
    if (action.isEnabled() === true) attempt(action).catch(this.#report);
  }
}

async function attempt(action: Action): Promise<void> {
  await action.run();
}
