import type { DeviceReport, Preference } from "diffusion-cache";

// Which backend the reader asked for, and which one the page's engine runs on. Shared by all examples and panels.

let preference: Preference = "auto";
let report: DeviceReport | undefined;
const listeners = new Set<() => void>();

export const preferred = (): Preference => preference;
export const reported = (): DeviceReport | undefined => report;

const tell = (): void => {
  for (const listener of listeners) listener();
};

export const prefer = (next: Preference): void => {
  preference = next;
  report = undefined;
  tell();
};

export const reportDevice = (next: DeviceReport): void => {
  report = next;
  tell();
};

export const onDevice = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
