/** What a shell can do on the user's desktop. The `can…` fields say it beforehand, so that the window hides the rest. */
export interface Host {
  readonly shell: 'desktop' | 'headless';
  readonly canPickFiles: boolean;
  readonly canPickFolders: boolean;
  readonly canReveal: boolean;
  readonly canNotify: boolean;
  readonly canOpenExternal: boolean;

  /** Lets the user choose a file. Extensions are given without the dot; none means any. Null when the user cancels. @throws host.unsupported where `canPickFiles` is false. */
  pickFile(options: { title: string; extensions: readonly string[] }): Promise<string | null>;
  /** Lets the user choose a folder. Null when the user cancels. @throws host.unsupported where `canPickFolders` is false. */
  pickFolder(options: { title: string }): Promise<string | null>;
  /** Shows a path in the file manager; does not wait for it. @throws host.unsupported where `canReveal` is false. */
  reveal(path: string): Promise<void>;
  /** Shows a notification of the desktop; does not wait until it is seen. @throws host.unsupported where `canNotify` is false. */
  notify(options: { title: string; body: string }): Promise<void>;
  /** Opens an http or https address in the user's browser. @throws host.unsupported where `canOpenExternal` is false. @throws bad_input for another scheme. */
  openExternal(url: string): Promise<void>;
}
