/**
 * The first key that one object of a valid JSON text holds twice. JSON.parse would keep the last and say nothing, and
 * two readers could then see two different files.
 */
export const duplicateKey = (json: string): string | undefined => {
  const open: Set<string>[] = [];
  for (let i = 0; i < json.length; i++) {
    if (json[i] === "{") open.push(new Set());
    else if (json[i] === "}") open.pop();
    if (json[i] !== '"') continue;
    const start = i++;
    while (json[i] !== '"') i += json[i] === "\\" ? 2 : 1;
    let after = i + 1;
    while (json[after] === " " || json[after] === "\n" || json[after] === "\r" || json[after] === "\t") after++;
    if (json[after] !== ":") continue;
    const key = JSON.parse(json.slice(start, i + 1)) as string;
    if (open.at(-1)?.has(key)) return key;
    open.at(-1)?.add(key);
  }
  return undefined;
};
