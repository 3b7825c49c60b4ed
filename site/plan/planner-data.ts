import type { Fit } from "./pitfalls.js";

/** A published run of a model, planned again. */
export interface PublishedRow {
  readonly method: string;
  readonly settings: string;
  readonly run: string;
  readonly device: string;
  readonly published: number;
  readonly ideal: number;
  readonly source: string;
}

/** A published setting of a method for a model. */
export interface PublishedSetting {
  readonly method: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly source: { readonly title: string; readonly url: string };
}

/** What the page knows of one model beside its card. */
export interface ModelData {
  /** By method: how it fares in the model's pipeline of diffusers. */
  readonly fits: Readonly<Record<string, Fit>>;
  readonly published: readonly PublishedRow[];
  readonly settings: readonly PublishedSetting[];
}
