/** The version of this package; a test compares it with package.json. */
export const version = "0.1.0";
/** The version of onnxruntime-web that the engine is written for and pinned to. */
export const onnxruntimeVersion = "1.30.0";
