import { settings } from "../settings/settings.js";

/** Settings published for each model, in the options of the methods. */
export const GET = (): Response => Response.json(settings);
