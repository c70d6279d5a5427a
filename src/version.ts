/** The version of this package; a test holds it equal to package.json, which a build does not carry along. */
export const VERSION = "0.1.0";
