/** Where somebody stands in what no path has mapped, however the looks at it fall. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Traces } from "../src/traces.ts";
import { openTestService, settingsFrom } from "./support/service.ts";
import { storeKinds, type TestStore } from "./support/stores.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: user, identifiers: { email: mail }, eventId: e }
  open: { replaceProfileId: user, eventId: e }
`;

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;

  beforeEach(() => {
    opened = kind.open();
  });
  afterEach(() => opened.dispose());

  test("what comes between two looks is seen, also where it takes the place of what somebody else's erasure removed", async () => {
    const service = await openTestService(CONFIG, opened.store);
    await service.post("crm", { e: "1", user: "ann", mail: "ann@x.org" });
    await service.post("crm", { e: "2", user: "bo", mail: "bo@x.org" });
    const [first] = await service.post("open", { e: "3", note: "ann@x.org" });
    await service.post("open", { e: "4", note: "bo@x.org" });
    const { members } = (await opened.store.profile(
      (await service.queries.profile("crm:ann"))!.id,
    ))!;
    const traces = new Traces(
      { store: opened.store, settings: settingsFrom(CONFIG) },
      members.map(({ node }) => node),
    );
    await traces.look();
    await service.erasures.erase({
      person: "crm:bo",
      suppress: false,
      dryRun: false,
      by: undefined,
    });
    const [second] = await service.post("open", { e: "5", note: "ann@x.org" });
    await traces.look();
    expect(traces.anonymous).toEqual([first!.event, second!.event]);
  });
});
