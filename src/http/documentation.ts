/**
 * The description of the API, to be read by programs and, at `/docs`, by people. All of it is served from here: the page names
 * no other host and runs no script but those of this folder. It needs no key and holds for every name of the host: it tells
 * nothing of anybody, and what is tried out from it goes through the same doors as any other request.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { Hono, type Context } from "hono";
import { etag } from "hono/etag";
import { describeApi } from "./api-description.ts";
import type { Operation } from "./operation.ts";
import { problem } from "./problem.ts";

interface ServedText {
  readonly type: string;
  readonly content: string | Uint8Array<ArrayBuffer>;
  /** Changes with the content. */
  readonly tag: string;
}

/** Files of swagger-ui-dist, the only ones that are read from there. */
const SWAGGER_FILES: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "swagger-ui-bundle.js.LICENSE.txt": "text/plain; charset=utf-8",
  "favicon-32x32.png": "image/png",
  LICENSE: "text/plain; charset=utf-8",
  NOTICE: "text/plain; charset=utf-8",
};

/** Where a build puts them, and where they are installed beside the sources. */
const SWAGGER_FOLDERS = ["./swagger-ui/", "../../node_modules/swagger-ui-dist/"];

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Selfsame API</title>
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="documentation"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/begin.js"></script>
  </body>
</html>
`;

// Without a validator the page asks nobody else whether the description is right; a key is forgotten with the page.
const BEGIN = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
});
`;

// The bundle shows icons that stand in the style sheet as data.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function documentationRoutes(operations: readonly Operation[]): Hono {
  const app = new Hono({ strict: false });
  let description: ServedText | undefined;
  const served = new Map<string, ServedText>([
    ["begin.js", servedText("text/javascript; charset=utf-8", BEGIN)],
  ]);
  const page = servedText("text/html; charset=utf-8", PAGE);

  app.get("/openapi.json", etag(), (context) => {
    // Few who run a service ask for it, and it takes a moment to make.
    description ??= servedText("application/json", JSON.stringify(describeApi(operations)));
    return serve(context, description);
  });
  app.get("/docs", etag(), (context) => {
    context.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    return serve(context, page);
  });
  app.get("/docs/:file", etag(), (context) => {
    const name = context.req.param("file");
    const file = served.get(name) ?? swaggerFile(name);
    if (file === undefined)
      return problem(context, "not-found", "The documentation has no such file; it is at /docs.");
    served.set(name, file);
    return serve(context, file);
  });
  return app;
}

function serve(context: Context, { type, content, tag }: ServedText): Response {
  return context.body(content, 200, {
    "Content-Type": type,
    ETag: tag,
    // It may be another after an upgrade; whoever has it asks whether it still is the same.
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  });
}

function servedText(type: string, content: ServedText["content"]): ServedText {
  const hash = createHash("sha256").update(content).digest("base64url");
  return { type, content, tag: `"${hash}"` };
}

/** Undefined for what is none of the files, or was not installed along. */
function swaggerFile(name: string): ServedText | undefined {
  if (!Object.hasOwn(SWAGGER_FILES, name)) return undefined;
  const found = SWAGGER_FOLDERS.map((folder) => new URL(folder + name, import.meta.url)).find(
    (url) => existsSync(url),
  );
  return found && servedText(SWAGGER_FILES[name]!, new Uint8Array(readFileSync(found)));
}
