// test/fake-host/files.ts — the files of a host in memory, with their modes.

export interface Entry {
  readonly text: string;
  readonly mode: number;
}

export class Files {
  private readonly entries = new Map<string, Entry>();
  private readonly directories = new Map<string, number>();

  write(path: string, text: string, mode = 0o600, directoryMode = 0o700): void {
    this.makeDirectory(directoryOf(path), directoryMode);
    this.entries.set(path, { text, mode });
  }

  /** As a process does that holds the file open: mode and place stay. */
  overwrite(path: string, text: string): void {
    this.entries.set(path, { text, mode: this.entries.get(path)?.mode ?? 0o644 });
  }

  remove(path: string): void {
    this.entries.delete(path);
  }

  read(path: string): string | undefined {
    return this.entries.get(path)?.text;
  }

  below(directory: string): ReadonlyMap<string, string> {
    const found = [...this.entries]
      .filter(([path]) => path === directory || path.startsWith(`${directory}/`))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(found.map(([path, { text }]) => [path, text]));
  }

  /** For goldens: sorted, each with its mode; without what the kernel shows and no disk holds. */
  text(): string {
    const names = [...this.entries.keys()].filter((path) => !path.startsWith('/proc/')).sort();
    return names
      .map(
        (path) =>
          `== ${path} ${(this.entries.get(path)?.mode ?? 0).toString(8)}\n${this.entries.get(path)?.text ?? ''}`,
      )
      .join('');
  }

  modeOf(path: string): number | undefined {
    return this.entries.get(path)?.mode ?? this.directories.get(path);
  }

  private makeDirectory(path: string, mode: number): void {
    if (path === '' || this.directories.has(path)) return;
    this.makeDirectory(directoryOf(path), mode);
    this.directories.set(path, mode);
  }
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
