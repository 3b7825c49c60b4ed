// A part of the page that could not be loaded: the site was published anew since the page was opened, or there is no
// network. Runs on every page.

const place = "dc-reloaded";
/** How Chromium, Firefox, Safari and Vite say that a module, or a style of it, did not come. */
const unloaded = /dynamically imported module|importing a module script failed|unable to preload/i;
const again = "Reload the page; programs that you edited are kept.";

/** Makes an error say what happened and what helps, in place of the browser's words. */
export const missingPart = (error: Error, online = navigator.onLine): Error =>
  Object.assign(error, {
    message: online
      ? "A part of this page could not be loaded: the site was published anew since this page was opened, or the connection broke."
      : "A part of this page could not be loaded: it was not opened before, and there is no network now.",
    hint: online ? again : "It loads once there is a network again: reload the page then.",
    reload: true,
  });

/** Data of the site. @throws Error that says what helps, where they do not come */
export const loadJson = async <Value>(address: string): Promise<Value> => {
  const response = await fetch(address).catch((cause) => {
    throw missingPart(new Error("not loaded", { cause }));
  });
  if (!response.ok) throw missingPart(new Error(String(response.status)));
  return response.json().catch((cause: unknown) => {
    throw missingPart(new Error("not JSON", { cause }));
  });
};

/** Reloads once, where the reader has done nothing that could be lost. @returns whether it does */
const reloaded = (): boolean => {
  const { userActivation, onLine } = navigator;
  if (!onLine || userActivation?.hasBeenActive !== false) return false;
  try {
    if (sessionStorage.getItem(place) === location.href) return false;
    sessionStorage.setItem(place, location.href);
  } catch {
    return false; // could do so for ever
  }
  location.reload();
  return true;
};

/** For a failure that no panel shows. */
const tell = ({ message, hint }: { readonly message: string; readonly hint?: string }): void => {
  if (document.querySelector(".dc-missing-part")) return;
  const [box, said, link] = [document.createElement("div"), document.createElement("p"), document.createElement("a")];
  box.className = "dc-failure dc-missing-part";
  box.setAttribute("role", "alert");
  said.textContent = `${message} ${hint ?? ""}`;
  [link.href, link.textContent] = ["", "Reload"];
  box.append(said, link);
  document.body.append(box);
};

/** Follows what fails to load, on every page. */
export const followMissingParts = (): void => {
  // Vite says so of every import that fails, before whoever asked for it hears of it.
  addEventListener("vite:preloadError", (event) => {
    const { payload } = event as Event & { readonly payload: Error };
    if (!unloaded.test(payload.message)) return; // it came, and threw
    missingPart(payload);
    reloaded();
  });
  addEventListener("unhandledrejection", ({ reason }) => {
    if ((reason as { readonly reload?: unknown } | null)?.reload === true) tell(reason as Error);
  });
};
