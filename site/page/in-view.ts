let hiddenUntil = Number.NEGATIVE_INFINITY;
// Also imported where pages are rendered, which has no document.
globalThis.document?.addEventListener("visibilitychange", () => {
  hiddenUntil = performance.now();
});

/** Whether the page was out of view at any moment since then, by performance.now(). */
export const wasHidden = (since: number): boolean => document.hidden || hiddenUntil >= since;

/**
 * The end of a sentence about times taken since then: browsers run hidden pages slower, or not at all, so that such
 * times say little of the device. Runs go on all the same.
 */
export const hiddenNote = (since: number): string =>
  wasHidden(since) ? "; the page was hidden for a part of it, so the times are no measurement" : "";
