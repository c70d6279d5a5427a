import { expect, test } from "vitest";
import { filled, readTemplate } from "../../src/verify/template.ts";
import { signedRequest, type Sent } from "../support/signed-request.ts";

function signed(template: string, sent: Sent): string {
  const parts = filled(readTemplate(template), signedRequest(sent), { timestamp: "12", id: "m1" });
  return Buffer.concat(parts.map((part) => Buffer.from(part))).toString("latin1");
}

test.each([
  ["{body}", "hello"],
  ["v0:{timestamp}:{body}", "v0:12:hello"],
  ["{timestamp}{body}", "12hello"],
  ["{id}.{timestamp}.{body}", "m1.12.hello"],
  ["{method}{url}{body}{timestamp}", "POSThttps://a.example/x?b=%2Fchello12"],
  ["{decodedUrl}", "https://a.example/x?b=/c"],
  ["{ {body} }", "{ hello }"],
  ["{body}{body}", "hellohello"],
  ["", ""],
])("%s", (template, text) => {
  expect(signed(template, { url: "https://a.example/x?b=%2Fc", body: "hello" })).toBe(text);
});

test("the body is signed byte by byte, also where it is no text", () => {
  expect(signed("<{body}>", { body: Buffer.from([0xff, 0x00, 0xc3]) })).toBe("<\xff\0\xc3>");
});

test("what a value holds is no template", () => {
  expect(signed("{body}", { body: "{method}" })).toBe("{method}");
});

test("names are told apart from what only looks like them", () => {
  const template = readTemplate("{body}{Body}{}{ts}");
  expect([...template.variables]).toEqual(["body"]);
  expect(template.unknown).toEqual(["Body", "", "ts"]);
});

test("HubSpot decodes twelve characters and no other", () => {
  const address = (text: string) => `https://a.example/${text}`;
  const url = address("%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B%3a%2f?q=%20%25%26%2B%3D%253A%C3%A4");
  expect(signed("{decodedUrl}", { url })).toBe(
    address(":/?@!$'()*,;:/?q=%20%25%26%2B%3D%253A%C3%A4"),
  );
});
