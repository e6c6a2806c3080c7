/** Why a file could not be read or written, in words; the same wherever a command meets a file. */
export function fileProblem(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const words: Record<string, string> = {
    ENOENT: 'no such file or folder',
    EISDIR: 'it is a folder',
    EACCES: 'no permission',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a part of the path is no folder',
    ENOSPC: 'no space left',
  };
  return words[code] ?? code;
}
