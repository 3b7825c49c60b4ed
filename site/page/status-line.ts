/**
 * Writes where work is, in words and on the bar of `root`. Only what stands before a colon is announced to screen
 * readers, and only when it changes: not every step.
 */
export const statusLine = (root: HTMLElement) => {
  const part = (name: string) => root.querySelector(`[data-part=${name}]`) as HTMLElement;
  return (text: string, share?: number): void => {
    const [phase = "", ...rest] = text.split(/(?=: )/);
    if (part("phase").textContent !== phase) part("phase").textContent = phase;
    part("step").textContent = rest.join("");
    const bar = part("progress") as HTMLProgressElement;
    if (share === undefined) bar.removeAttribute("value");
    else bar.value = share;
  };
};
