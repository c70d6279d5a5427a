/** Half of the scenarios; the other half is a file of its own, so that two cores share the work. */
import { conform } from "./conform.ts";

conform((place) => place % 2 === 0);
