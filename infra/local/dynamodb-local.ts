/** DynamoDB Local, in memory: the second opinion on what the table's semantics are. Needs Java and Maven. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { withLock } from './lock.ts';
import { freePort, localFolder, run, stopGroup, waitUntil } from './process.ts';

const version = '2.6.1';
const folder = join(localFolder, `dynamodb-local-${version}`);
/**
 * What Java does with code that runs often. `quick` is right for tests, which are over before
 * optimizing pays; once it is warm, after some thousand writes, `optimizing` takes half the CPU.
 */
export type Compiler = 'quick' | 'optimizing';
const FLAGS: Readonly<Record<Compiler, readonly string[]>> = {
  quick: ['-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'],
  // A hundred thousand runs are a million items.
  optimizing: ['-Xmx2g', '-XX:+UseSerialGC'],
};
const copyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>assay</groupId>
  <artifactId>dynamodb-local</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.amazonaws</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;

// Its own main listens on every interface and has no option against that; this one binds the
// loopback only, and ends when its standard input does, so that it never outlives us.
const launcher = `import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import com.amazonaws.services.dynamodbv2.local.server.DynamoDBProxyServer;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

public class Launch {
  public static void main(String[] args) throws Exception {
    DynamoDBProxyServer local = ServerRunner.createServerFromCommandLineArgs(args);
    var field = DynamoDBProxyServer.class.getDeclaredField("server");
    field.setAccessible(true);
    for (Connector connector : ((Server) field.get(local)).getConnectors()) {
      ((ServerConnector) connector).setHost("127.0.0.1");
    }
    local.start();
    while (System.in.read() >= 0) {}
    System.exit(0);
  }
}
`;

export interface DynamoDbLocal {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Fetches it if need be, starts it and returns when it answers. Where Java or Maven is missing it
 * says so through `explain` and returns `undefined`.
 */
export async function startDynamoDbLocal(
  explain: (reason: string) => void = (reason) => void process.stderr.write(`${reason}\n`),
  compiler: Compiler = 'quick',
): Promise<DynamoDbLocal | undefined> {
  const obstacle = await missingTool();
  if (obstacle !== undefined) {
    explain(`DynamoDB Local is left out: ${obstacle}`);
    return undefined;
  }
  await fetchOnce();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const classPath = join(folder, 'lib', '*');
  const child = spawn(
    'java',
    [
      ...FLAGS[compiler],
      `-Djava.library.path=${join(folder, 'lib')}`,
      ...['-cp', classPath, join(folder, 'Launch.java')],
      ...['-inMemory', '-disableTelemetry', '-port', String(port)],
    ],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true },
  );
  const stop = () => {
    child.stdin.end();
    return stopGroup(child, 10_000);
  };
  try {
    // Any answer will do: an unsigned request is refused, but by a server that is up.
    await waitUntil(async () => (await fetch(endpoint)).status > 0, {
      timeoutMs: 60_000,
      what: 'DynamoDB Local',
      child,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop };
}

/** What keeps it from running here, in words; `undefined` when nothing does. */
async function missingTool(): Promise<string | undefined> {
  const modules = await run('java', ['--list-modules']).catch(() => undefined);
  if (modules === undefined) return 'there is no Java.';
  if (!modules.includes('jdk.compiler@')) return 'Java is there without its compiler (a JRE).';
  if (existsSync(folder)) return undefined;
  const maven = await run('mvn', ['--version']).catch(() => undefined);
  return maven === undefined ? 'there is no Maven to fetch it with.' : undefined;
}

/** The folder appears whole or not at all: it is filled under another name and then moved. */
async function fetchOnce(): Promise<void> {
  if (existsSync(folder)) return;
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const fresh = `${folder}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    await writeFile(join(fresh, 'pom.xml'), pom);
    await writeFile(join(fresh, 'Launch.java'), launcher);
    const output = `-DoutputDirectory=${join(fresh, 'lib')}`;
    await run('mvn', ['-q', '-B', copyPlugin, '-DincludeScope=runtime', output], { cwd: fresh });
    await rename(fresh, folder);
  });
}
