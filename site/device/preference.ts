import type { DeviceReport, Preference } from "diffusion-cache";

// Which backend the reader asked for, on this page or an earlier one, and which one the page's engine runs on. Shared by
// all examples and panels.

const place = "dc-backend";

const kept = (): Preference => {
  try {
    const found = localStorage.getItem(place);
    return found === "wasm" || found === "webgpu" ? found : "auto";
  } catch {
    return "auto"; // storage is switched off
  }
};

const keep = (preference: Preference): void => {
  try {
    if (preference === "auto") localStorage.removeItem(place);
    else localStorage.setItem(place, preference);
  } catch {} // then it holds for this page
};

let preference = kept();
let report: DeviceReport | undefined;
const listeners = new Set<() => void>();

export const preferred = (): Preference => preference;
export const reported = (): DeviceReport | undefined => report;

const tell = (): void => {
  for (const listener of listeners) listener();
};

export const prefer = (next: Preference): void => {
  preference = next;
  keep(next);
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
