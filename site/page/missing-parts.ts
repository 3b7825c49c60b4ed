import { followMissingParts } from "./missing-part.js";

followMissingParts();
