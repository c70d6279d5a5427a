/** How many connections the system lets this process have: each is an open file, and the database needs some too. */

// The database with its log, standard streams, the listening socket and what Node itself holds, with room to spare.
const OTHER_FILES = 100;

interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft: unknown } };
}

/** As many as wanted, or as there are files. Without room for them the database could not open its own. */
export function connectionsAllowed(wanted: number): number {
  // Windows knows no such limit, and an unlimited one is no number.
  const { userLimits } = process.report.getReport() as Report;
  const files = userLimits?.open_files?.soft;
  return typeof files === "number" ? Math.min(wanted, Math.max(1, files - OTHER_FILES)) : wanted;
}
