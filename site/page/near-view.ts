/** What is shown later, and not yet or not wholly. */
const waiting = new Set<() => Promise<void>>();

/** Calls `show` once: a little before the element comes into view, or when the page is printed. @returns gives that up */
export const nearView = (element: Element, show: () => Promise<void>): (() => void) => {
  let shown: Promise<void> | undefined;
  const once = (): Promise<void> => {
    observer.disconnect();
    shown ??= show().finally(() => waiting.delete(once));
    return shown;
  };
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void once();
    },
    { rootMargin: "300px" },
  );
  observer.observe(element);
  waiting.add(once);
  return () => {
    observer.disconnect();
    waiting.delete(once);
  };
};

export const allShown = (): boolean => waiting.size === 0;

/** Shows all of the page now. What fails stays as it would have stayed in view. */
export const showAll = async (): Promise<void> => {
  await Promise.allSettled([...waiting].map((show) => show()));
};
