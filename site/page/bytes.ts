/** Bytes of files and downloads for people, in powers of 1000: "8.3 MB". */
export const inBytes = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${(bytes / 1000).toPrecision(3)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
};

/** Memory for people, in powers of 1024, as the command line and the text have it: "576 KiB", "3.38 MiB". */
export const inMemory = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 999.5 * 1024) return `${(bytes / 1024).toPrecision(3)} KiB`;
  const mebibytes = bytes / 2 ** 20;
  return `${mebibytes < 99.95 ? mebibytes.toPrecision(3) : Math.round(mebibytes)} MiB`;
};

/** Milliseconds for people, in three digits: "840 ms", "1.84 s", "12.3 s". */
export const inTime = (ms: number): string => {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  return `${seconds < 99.95 ? seconds.toPrecision(3) : Math.round(seconds)} s`;
};
