// What the verifiers' modules have to accept and to refuse, one by one. Runs wherever script runs: in Node and in a
// browser, with and without WebCrypto. `data` is made by vectors.py; answers what did not come out as it must.

const ROOT = new URL("../../src/web/assets/verify/", import.meta.url);
const load = (name) => import(new URL(`${name}.js`, ROOT));

export async function check(data) {
  const wrong = [];
  let count = 0;
  const expect = (what, found, expected) => {
    count += 1;
    if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push(`${what}: ${JSON.stringify(found)}`);
  };
  const modules = {};
  const names = ["bytes", "records", "chain", "merkle", "note", "ed25519", "tiles", "statements", "pack"];
  for (const name of names) modules[name] = await load(name);
  await records(data, modules, expect);
  await merkle(data, modules, expect);
  await signatures(data, modules, expect);
  await notes(data, modules, expect);
  await published(data.published, modules, expect);
  if (data.statements) await statements(data.statements, modules, expect);
  return { wrong, count };
}

// The code of the fault that `judge` throws, or null; anything but a fault is an error of the verifier.
function faultOf({ Fault }, judge) {
  const name = (error) => (error instanceof Fault ? error.facts.line || error.code : `not a fault: ${error}`);
  try {
    const judged = judge();
    return judged instanceof Promise ? judged.then(() => null, name) : null;
  } catch (error) {
    return name(error);
  }
}

async function records(data, { bytes, records, chain, pack }, expect) {
  const { utf8, unhex } = bytes;
  for (const [at, line] of data.records.entries()) {
    expect(`record ${at}`, records.recordHash(records.readRecord(utf8(line)).bytes), data.expected.records[at].hash);
  }
  for (const { rule, line, hex } of data.refused) {
    const found = faultOf(bytes, () => records.readRecord(hex ? unhex(hex) : utf8(line)));
    expect(`refused: ${rule}`, found !== null && !found.startsWith("not a fault"), true);
  }
  for (const { what, line, holds } of data.opened) {
    const found = faultOf(bytes, () => pack.readOpening(new records.Cursor(line)));
    expect(`opening: ${what}`, found, holds ? null : "broken");
  }
  for (const { rule, line, file } of data.files) {
    expect(`file: ${rule}`, faultOf(bytes, () => chain.readFile(utf8(file), false)), line);
  }
  for (const { field, salt, canonical, commitment } of data.expected.commitments) {
    expect(`commitment of ${field}`, records.commitment(field, salt, canonical), commitment);
  }
  for (const name of ["chain", "history"]) {
    const file = chain.readFile(utf8(data[name]), name === "history");
    const facts = { records: file.records.length, subjects: file.subjects, head: file.head, subject: file.subject };
    const { records: count, subjects, head, subject } = data.expected[name];
    expect(name, facts, { records: count, subjects, head, subject });
  }
  // A chain whose links lead out of it is no history.
  expect("a chain as a history", faultOf(bytes, () => chain.readFile(utf8(data.chain), true)), 1);
}

async function merkle(data, { bytes, merkle, tiles }, expect) {
  const { unhex, hex } = bytes;
  for (const { handle, seq, hash, leaf } of data.leaves) {
    expect(`leaf ${seq}`, hex(merkle.leafHash({ subject: `batch:${handle}`, seq, hash })), leaf);
  }
  for (const { what, leaf, index, size, proof, root, valid } of data.inclusions) {
    expect(`inclusion ${what}`, merkle.includes(unhex(leaf), index, size, proof.map(unhex), unhex(root)), valid);
  }
  for (const { what, first, firstRoot, second, secondRoot, proof, valid } of data.consistencies) {
    const found = merkle.consistent(first, unhex(firstRoot), second, unhex(secondRoot), proof.map(unhex));
    expect(`consistency ${what}`, found, valid);
  }
  for (const { level, index, width, path } of data.paths) expect(`tile ${path}`, tiles.tilePath(level, index, width), path);
}

async function signatures(data, { bytes, ed25519 }, expect) {
  for (const { what, key, message, signature, valid } of data.signatures) {
    const found = await ed25519.verifyEd25519(bytes.unhex(key), bytes.unhex(message), bytes.unhex(signature));
    expect(`Ed25519: ${what}`, found, valid);
  }
}

// Vectors of others, with the expectations that the tests in Rust have of the same files.
async function published(data, { bytes, records, merkle, ed25519 }, expect) {
  const { utf8, unhex, unbase64 } = bytes;
  const harmless = ["low_order_component_A", "low_order_component_R"];
  let accepted = 0;
  for (const { number, key, msg, sig, flags } of data.ed25519) {
    const found = await ed25519.verifyEd25519(unhex(key), utf8(msg), unhex(sig));
    expect(`CCTV ${number}: ${flags}`, found, (flags || []).every((flag) => harmless.includes(flag)));
    accepted += found;
  }
  expect("CCTV, accepted", [accepted, data.ed25519.length], [43, 914]);
  // A root or a hash that is not 32 bytes long is refused where it is read.
  const judge = (roots, proof, judgeHashes) => {
    const [read, hashes] = [roots.map((root) => unbase64(root, 32)), merkle.readProof(proof || [])];
    return hashes !== null && !read.includes(null) && judgeHashes(read, hashes);
  };
  for (const { file, leafIdx, treeSize, root, leafHash, proof, wantErr } of data.merkle.inclusion) {
    const found = judge([leafHash, root], proof, ([leaf, top], hashes) => merkle.includes(leaf, leafIdx, treeSize, hashes, top));
    expect(file, found, !wantErr);
  }
  for (const { file, size1, size2, root1, root2, proof, wantErr } of data.merkle.consistency) {
    const found = judge([root1, root2], proof, ([old, now], hashes) => merkle.consistent(size1, old, size2, now, hashes));
    expect(file, found, !wantErr && !file.endsWith("/sizes-are-equal-one-and-proof-is-empty.json"));
  }
  expect("published proofs", [data.merkle.inclusion.length, data.merkle.consistency.length], [98, 98]);
  const isRead = (text) => {
    const cursor = new records.Cursor(text);
    return faultOf(bytes, () => (cursor.value(1), cursor.end())) === null;
  };
  const admitted = data.numbers.filter(isRead);
  expect("published numbers", [admitted, data.numbers.length], [["0", "0", "-3333333333333334", "3333333333333334", "10", "5", "1", "-1"], 1000]);
  const names = Object.keys(data.canonical);
  expect("published JSON", names.filter((name) => isRead(data.canonical[name])), ["arrays.json"]);
  expect("published JSON as it comes", names.filter((name) => isRead(data.other[name])), []);
}

async function notes(data, { bytes, note }, expect) {
  for (const { what, text, fault } of data.policies) {
    expect(`policy: ${what}`, faultOf(bytes, () => note.readPolicy(text)), fault);
  }
  for (const { what, vkey, fault } of data.vkeys) {
    expect(`vkey: ${what}`, faultOf(bytes, () => note.readVkey(vkey)), fault);
  }
  for (const { what, checkpoint, policy, fault, cosigned, reached } of data.checkpoints) {
    let judged;
    const judge = async () => (judged = await note.judgeCheckpoint(checkpoint, note.readPolicy(policy)));
    expect(`checkpoint: ${what}`, await faultOf(bytes, judge), fault);
    if (!fault) expect(`cosigned: ${what}`, [judged.cosigned.length, judged.reached], [cosigned, reached]);
  }
}

async function statements({ signed, files, statements, refused, history }, { bytes, records, chain, ed25519, statements: module }, expect) {
  const judge = (file) => module.judgeStatements(chain.readFile(bytes.utf8(file), true).records);
  expect("signed.ndjson", await judge(signed), { statements: history.signed, unjudged: 0 });
  for (const { rule, file } of files) {
    const lines = file.split("\n").slice(0, -1).map((line) => records.readRecord(bytes.utf8(line)));
    const found = await faultOf(bytes, () => module.judgeStatements(lines));
    expect(`statement: ${rule}`, /^statement-/.test(found), true);
  }
  for (const { bytes: text, public: key, sig } of statements) {
    expect("a statement", await ed25519.verifyEd25519(bytes.unhex(key), bytes.utf8(text), bytes.unhex(sig)), true);
  }
  for (const { rule, public: key, message, sig } of refused) {
    const found = await ed25519.verifyEd25519(bytes.unhex(key), bytes.unhex(message), bytes.unhex(sig));
    expect(`refused: ${rule}`, found, false);
  }
}
