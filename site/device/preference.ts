import type { DeviceReport, Preference } from "diffusion-cache";
import { get, type Readable, writable } from "svelte/store";

// Which backend the reader asked for, on this page or an earlier one, and which one the page's engine runs on. Shared by
// all panels of a page.

const place = "dc-backend";

const kept = (): Preference => {
  try {
    const found = localStorage.getItem(place);
    return found === "wasm" || found === "webgpu" ? found : "auto";
  } catch {
    return "auto"; // storage is switched off, or this is the build
  }
};

const keep = (preference: Preference): void => {
  try {
    if (preference === "auto") localStorage.removeItem(place);
    else localStorage.setItem(place, preference);
  } catch {} // then it holds for this page
};

export interface Device {
  readonly preference: Preference;
  /** Of the engine that the page has; undefined before there is one. */
  readonly report: DeviceReport | undefined;
  /** What its first run noted of the checkpoint. */
  readonly notes?: readonly string[] | undefined;
}

const state = writable<Device>({ preference: kept(), report: undefined });

export const device: Readable<Device> = state;

export const preferred = (): Preference => get(state).preference;

/** Asks for a backend; the report of another one no longer holds. */
export const prefer = (preference: Preference): void => {
  keep(preference);
  state.set({ preference, report: undefined });
};

export const reportDevice = (report: DeviceReport, notes?: readonly string[]): void =>
  state.update((now) => ({ ...now, report, notes }));
