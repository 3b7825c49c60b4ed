import { support } from "../support/support.js";

/** What each cache did on each transformer and what each pipeline tells it, as data. */
export const GET = (): Response => Response.json(support);
