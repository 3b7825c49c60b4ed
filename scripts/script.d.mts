export declare const knownNames: <T extends string>(
  what: string,
  names: readonly T[],
  known: readonly string[],
) => readonly T[];
export declare const writeWhole: (path: string, content: string | Uint8Array) => void;
