/** Programs that send or fetch, clouds, containers, databases. */
import { type Call, type Finding, type Grammar, type Grammars, reading, unknown, writing } from "../finding.ts";
import type { Touch } from "../options.ts";
import { fixedWord } from "../shell-word.ts";

const TALKS =
  `nc ncat netcat socat telnet ftp sftp lftp tftp ping ping6 traceroute tracepath mtr dig nslookup host whois drill
  http https xh httpie aria2c axel rclone s3cmd gh glab hub heroku vercel netlify fly flyctl firebase supabase railway wrangler
  openssl mail mailx sendmail mosh ab hey wrk nmap dog doggo finger w3m lynx links elinks gist rsh rlogin smbclient ldapsearch
  mosquitto_pub redis-cli mongosh mongo mysql psql sqlcmd pg_dump pg_restore mysqldump sqlite3-remote cqlsh influx ansible
  ansible-playbook salt packer vagrant`.split(/\s+/);

function talks({ name, args }: Call): Finding {
  const text = args.map(({ value, written }) => value ?? written).join(" ");
  if (/\b(?:drop|truncate|delete\s+from|flushall|flushdb|dropDatabase|alter\s+table)\b/i.test(text))
    return { effect: "destructive", why: `${name} would delete data` };
  if (/\b(?:delete|destroy|deploy|publish|merge|release|rollback|--prod)\b/.test(text))
    return { effect: "destructive", why: `${name} would change what others see` };
  return { effect: "network", why: `${name} talks to other machines` };
}

/** What curl and wget write and send is shown as far as it is known. */
function download({ name, args }: Call): Finding {
  const touches: Touch[] = [];
  for (const [index, { value }] of args.entries()) {
    const next = args[index + 1];
    if (value === null) continue;
    const isOutput =
      name === "curl"
        ? /^(?:-[a-zA-Z]*o|--output|-D|--dump-header|-c|--cookie-jar|--trace|--trace-ascii)$/
        : /^(?:-[a-zA-Z]*[OoaP]|--output-document|--output-file|--directory-prefix)$/;
    if (isOutput.test(value) && next !== undefined) touches.push(...writing([next]));
    const [, attached] = /^--(?:output|output-document|output-file|dump-header|cookie-jar)=(.*)$/.exec(value) ?? [];
    if (attached !== undefined) touches.push(...writing([fixedWord(attached)]));
    const [, sent] = /(?:^|=)@(.+)$/.exec(value) ?? [];
    if (sent !== undefined) touches.push(...reading([fixedWord(sent)]));
    if (/^(?:-T|--upload-file|--post-file|-K|--config)$/.test(value) && next !== undefined)
      touches.push(...reading([next]));
    if (/^file:\/\//i.test(value)) touches.push(...reading([fixedWord(value.slice(7))]));
  }
  return { effect: "network", why: `${name} fetches or sends`, touches };
}

function secureShell({ args }: Call): Finding {
  const option = args.find(({ value }) => /^-[a-zA-Z0-9]*[RDLW]/.test(value ?? ""));
  if (option !== undefined) return { effect: "forbidden", why: "opens a tunnel to another machine" };
  const runs = args.some(({ value }) =>
    /ProxyCommand|LocalCommand|KnownHostsCommand|PermitLocalCommand|-F/i.test(value ?? ""),
  );
  if (runs) return unknown("an option of ssh can run a program here");
  return { effect: "network", why: "runs something on another machine" };
}

function copies({ name, args }: Call): Finding {
  const runs = args.some(({ value }) => /^-(?:e|-rsh|o|S|F)|ProxyCommand/.test(value ?? ""));
  if (runs) return unknown(`an option of ${name} can run a program here`);
  const touches = args.filter(({ value }) => value !== null && !value.startsWith("-") && !/^[^/]*:/.test(value));
  const deletes = args.some(({ value }) => /^--(?:delete|remove-source-files)/.test(value ?? ""));
  return {
    effect: deletes ? "destructive" : "network",
    why: `${name} copies files, also to other machines`,
    touches: [...reading(touches), ...writing(touches.slice(-1))],
  };
}

/** Tools with sub-commands: those that only look still talk to a server. */
function cloud(loses: RegExp, runs?: RegExp): Grammar {
  return ({ name, args }: Call): Finding => {
    const words = args.map(({ value }) => value ?? "");
    if (words.length === 1 && words[0] === "--version") return { effect: "reads", why: `tells the version of ${name}` };
    if (words.some((word) => loses.test(word)))
      return { effect: "destructive", why: `${name} would change or delete what others use` };
    if (runs !== undefined && words.some((word) => runs.test(word))) return unknown(`${name} would run a program`);
    return { effect: "network", why: `${name} talks to a server` };
  };
}

const INFRASTRUCTURE =
  /^(?:apply|destroy|delete|delete-.*|terminate-.*|rm|rb|remove|purge|drain|cordon|replace|patch|scale|rollout|edit|drop|reset|import|taint|state|force-unlock|uninstall|deploy|-auto-approve|--auto-approve|--delete|--force)$/;

const database: Grammar = ({ name }) => ({ effect: "destructive", why: `${name} deletes data` });

/** Schema tools write to a database; some of their options delete what is in it. */
const schema: Grammar = ({ name, args }) =>
  args.some(({ value }) => /accept-data-loss|--force|^reset$|^drop|^push$|:drop|:reset|^deploy$/.test(value ?? ""))
    ? { effect: "destructive", why: `${name} can delete data of a database` }
    : unknown(`${name} works on a database`);

export const network: Grammars = {
  ...Object.fromEntries(TALKS.map((name) => [name, talks])),
  curl: download,
  wget: download,
  wget2: download,
  ssh: secureShell,
  autossh: () => ({ effect: "forbidden", why: "keeps a tunnel open" }),
  scp: copies,
  rsync: copies,
  ...Object.fromEntries(
    [
      "terraform",
      "tofu",
      "pulumi",
      "kubectl",
      "oc",
      "helm",
      "aws",
      "gcloud",
      "gsutil",
      "az",
      "doctl",
      "eksctl",
      "cdk",
      "serverless",
      "sls",
      "sam",
    ].map((name) => [name, cloud(INFRASTRUCTURE)]),
  ),
  ...Object.fromEntries(
    ["docker", "podman", "docker-compose", "nerdctl"].map((name) => [
      name,
      cloud(/^(?:prune|rm|rmi|kill|down|-v=.*|push)$/, /^(?:run|exec|build|compose|up|start|cp|load|import)$/),
    ]),
  ),
  dropdb: database,
  dropuser: database,
  prisma: schema,
  knex: schema,
  sequelize: schema,
  alembic: schema,
  "drizzle-kit": schema,
  typeorm: schema,
  twine: () => ({ effect: "destructive", why: "publishes a package" }),
};
