// Files out of what was dropped on a page: folders are opened.

export async function filesOf(dropped: DataTransfer): Promise<File[]> {
  // What was dropped is gone after the first wait: the entries are taken first.
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return (await Promise.all(entries.map(within))).flat();
}

async function within(entry: FileSystemEntry): Promise<File[]> {
  if (entry.name.startsWith('.')) return []; // what systems hide in folders
  if (entry.isFile) return [await new Promise<File>((found, failed) => (entry as FileSystemFileEntry).file(found, failed))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  for (;;) {
    // A browser lists a folder a hundred at a time, until there is no more.
    const some = await new Promise<FileSystemEntry[]>((found, failed) => reader.readEntries(found, failed));
    if (some.length === 0) return files;
    for (const inner of some) files.push(...await within(inner));
  }
}
