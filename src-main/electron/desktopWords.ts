import desktop from '../../resources/locales/en/desktop.json' with { type: 'json' };

/** The words of menus, tray and dialogs. */
export const words = desktop;

/** Puts values in for `{{name}}`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
}
