// Starts a real Bluesky server (PDS) and its directory of identities (PLC) on loopback, for the live
// tests. Usage: node launcher.mjs FOLDER. Prints one JSON line with the addresses when both are ready;
// ends when its standard input is closed, so that it can not outlive the tests.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'

// Neither server can be told which interface to use; without this they would serve the whole network.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) {
  if (typeof given[0] === 'object' && given[0] !== null) given[0].host = '127.0.0.1'
  else given = [given[0] ?? 0, '127.0.0.1', ...given.filter((value) => typeof value === 'function')]
  return listen.apply(this, given)
}

const { PlcServer, Database } = await import('@did-plc/server')
const { PDS, envToCfg, envToSecrets, readEnv } = await import('@atproto/pds')

async function freePort() {
  const probe = net.createServer().listen(0)
  await new Promise((done) => probe.once('listening', done))
  const { port } = probe.address()
  await new Promise((done) => probe.close(done))
  return port
}

const folder = path.resolve(process.argv[2])
const directory = PlcServer.create({ db: Database.mock(), port: await freePort() })
const directoryAt = (await directory.start()).address()
const port = await freePort()

Object.assign(process.env, {
  LOG_ENABLED: 'false',
  PDS_ADMIN_PASSWORD: randomBytes(16).toString('hex'),
  PDS_BLOBSTORE_DISK_LOCATION: path.join(folder, 'blobs'),
  PDS_DATA_DIRECTORY: path.join(folder, 'pds'),
  PDS_DEV_MODE: 'true',
  PDS_DID_PLC_URL: `http://127.0.0.1:${directoryAt.port}`,
  PDS_HOSTNAME: 'localhost',
  PDS_INVITE_REQUIRED: 'false',
  PDS_JWT_SECRET: process.env.MIMIN_PDS_JWT_SECRET ?? randomBytes(32).toString('hex'),
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: randomBytes(32).toString('hex'),
  PDS_PORT: String(port),
})
for (const name of ['blobs', 'pds']) mkdirSync(path.join(folder, name), { recursive: true })

const env = readEnv()
const server = await PDS.create(envToCfg(env), envToSecrets(env))
const address = (await server.start()).address()
process.stdout.write(
  JSON.stringify({ ready: true, pds: `http://127.0.0.1:${address.port}`, plc: process.env.PDS_DID_PLC_URL, host: address.address }) + '\n',
)

process.stdin.resume()
process.stdin.once('end', () => process.exit(0))
