// The images that features use, made without a registry: tar files that are an OCI layout and what `docker load` takes
// at once. busybox: one static file. debian: the essential packages. pause: what holds a pod. Kept in dist/engines.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
export const REPOSITORY = join(HERE, "..", "..");
export const ENGINES = join(REPOSITORY, "dist", "engines");

interface Image {
  readonly name: string;
  readonly config: object;
  /** Writes the one layer, a tar file. */
  readonly layer: (work: string, target: string) => void;
}

const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Reaps whatever ends in its pid namespace, until it is told to end itself. */
const PAUSE = "# pause\ntrap exit TERM INT\nwhile :; do sleep 1000000 & wait $!; done";

const IMAGES: readonly Image[] = [
  { name: "busybox", config: { Cmd: ["sh"], Env: [PATH] }, layer: busyboxLayer },
  { name: "pause", config: { Entrypoint: ["sh", "-c", PAUSE], Env: [PATH] }, layer: busyboxLayer },
  { name: "debian", config: { Cmd: ["bash"], Env: [PATH] }, layer: debianLayer },
];

/** Makes those that are not there yet; the directory that they are in. */
export function makeImages(names: readonly string[] = IMAGES.map(({ name }) => name)): string {
  const directory = join(ENGINES, `images-${keyOf(readFileSync(fileURLToPath(import.meta.url)))}`);
  mkdirSync(directory, { recursive: true });
  for (const image of IMAGES.filter(({ name }) => names.includes(name))) {
    const target = join(directory, `${image.name}.tar`);
    if (!existsSync(target)) makeImage(image, target);
  }
  return directory;
}

/** What was made by another version of this file is made anew. */
function keyOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}

function makeImage(image: Image, target: string): void {
  const work = mkdtempSync(join(dirname(target), `.${image.name}-`));
  try {
    const layout = join(work, "layout");
    mkdirSync(join(layout, "blobs", "sha256"), { recursive: true });
    const layerFile = join(work, "layer.tar");
    image.layer(work, layerFile);
    const layer = addBlob(layout, readFileSync(layerFile));
    writeLayout(layout, image, layer);
    const packed = join(work, "image.tar");
    execFileSync("tar", ["--create", "--file", packed, "--directory", layout, "."]);
    renameSync(packed, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

function addBlob(layout: string, content: Buffer): Blob {
  const hash = createHash("sha256").update(content).digest("hex");
  writeFileSync(join(layout, "blobs", "sha256", hash), content);
  return { digest: `sha256:${hash}`, size: content.length };
}

function writeLayout(layout: string, image: Image, layer: Blob): void {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const oci = (kind: string) => `application/vnd.oci.image.${kind}`;
  const reference = `docker.io/library/${image.name}:latest`;
  const config = addBlob(
    layout,
    json({
      created: "2026-01-01T00:00:00Z",
      architecture: "amd64",
      os: "linux",
      config: image.config,
      rootfs: { type: "layers", diff_ids: [layer.digest] },
      history: [{ created: "2026-01-01T00:00:00Z", created_by: "spec-tests/engines/images.ts" }],
    }),
  );
  const manifest = addBlob(
    layout,
    json({
      schemaVersion: 2,
      mediaType: oci("manifest.v1+json"),
      config: { mediaType: oci("config.v1+json"), ...config },
      layers: [{ mediaType: oci("layer.v1.tar"), ...layer }],
    }),
  );
  const annotations = {
    "io.containerd.image.name": reference,
    "org.opencontainers.image.ref.name": "latest",
  };
  const file = ({ digest }: Blob) => `blobs/${digest.replace(":", "/")}`;
  const files: Record<string, unknown> = {
    "oci-layout": { imageLayoutVersion: "1.0.0" },
    "index.json": {
      schemaVersion: 2,
      manifests: [{ mediaType: oci("manifest.v1+json"), ...manifest, annotations }],
    },
    // What Docker reads before 25.
    "manifest.json": [
      { Config: file(config), RepoTags: [`${image.name}:latest`], Layers: [file(layer)] },
    ],
  };
  for (const [name, value] of Object.entries(files))
    writeFileSync(join(layout, name), JSON.stringify(value));
}

function busyboxLayer(work: string, target: string): void {
  const root = join(work, "root");
  for (const name of ["bin", "dev", "etc", "proc", "root", "sys", "tmp", "var", "usr"])
    mkdirSync(join(root, name), { recursive: true });
  copyFileSync("/bin/busybox", join(root, "bin", "busybox"));
  for (const applet of execFileSync("/bin/busybox", ["--list"], { encoding: "utf8" })
    .trim()
    .split("\n"))
    if (applet !== "busybox") symlinkSync("busybox", join(root, "bin", applet));
  const files: Record<string, string> = {
    passwd: "root:x:0:0:root:/root:/bin/sh\nworker:x:1000:1000::/tmp:/bin/sh\n",
    group: "root:x:0:\nworker:x:1000:\nextra:x:2000:worker\n",
    "not-executable": "no program\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, "etc", name), text);
  execFileSync("chmod", ["1777", join(root, "tmp")]);
  execFileSync("tar", [
    ...["--create", "--file", target, "--directory", root, "--sort=name", "--owner=0", "--group=0"],
    ...["--numeric-owner", "--mtime=@0", "."],
  ]);
}

/** What every Debian has and no more; the mirror and the suite are those of this machine's apt. */
function debianLayer(_work: string, target: string): void {
  const leaveOut = [
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/locale/*",
    "/usr/share/info/*",
  ];
  execFileSync(
    "mmdebstrap",
    [
      ...["--variant=essential", "--mode=root", "--quiet", "--format=tar"],
      ...leaveOut.map((path) => `--dpkgopt=path-exclude=${path}`),
      ...["bookworm", target],
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
}
