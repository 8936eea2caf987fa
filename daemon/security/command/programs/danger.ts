/** What is never allowed: tunnels, raw disks, the machine's own life. And what stays after the line has ended. */
import { type Call, type Finding, type Grammar, type Grammars, reading, unknown, writing } from "../finding.ts";

const never =
  (why: string): Grammar =>
  () => ({ effect: "forbidden", why });

const FORBIDDEN: readonly (readonly [why: string, names: string])[] = [
  [
    "opens a tunnel to other machines",
    "ngrok cloudflared cursor-tunnel chisel frpc frps bore localtunnel lt pagekite inlets zrok telebit serveo pinggy tailscale zerotier-cli sshuttle gost rathole tmate upterm gsocket",
  ],
  [
    "writes to raw disks",
    "mkfs mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mke2fs mkswap fdisk sfdisk cfdisk gdisk sgdisk parted wipefs blkdiscard hdparm diskutil swapoff swapon losetup cryptsetup badblocks",
  ],
  ["ends or restarts the machine", "shutdown reboot halt poweroff init telinit kexec"],
  ["runs something later, out of everybody's sight", "crontab at batch atd anacron launchctl schtasks"],
  [
    "changes users or the kernel",
    "passwd useradd usermod userdel adduser deluser groupadd visudo chpasswd insmod rmmod modprobe sysctl iptables nft ufw setcap mount umount",
  ],
];

function dd({ args }: Call): Finding {
  const parts = args.map(({ value }) => /^(if|of)=(.*)$/s.exec(value ?? ""));
  const words = (key: string) =>
    args
      .filter((_, index) => parts[index]?.[1] === key)
      .map((word) => ({ ...word, value: (word.value ?? "").slice(3) }));
  const to = words("of");
  if (to.some(({ value }) => /^\/dev\/(?!null$|stdout$)/.test(value)))
    return { effect: "forbidden", why: "writes to a raw disk" };
  const isKnown = args.every(
    ({ value }) => value !== null && /^(?:if|of|bs|count|skip|seek|status|conv|ibs|obs|iflag|oflag)=/.test(value),
  );
  if (!isKnown) return unknown("its operands are not understood");
  return {
    effect: to.length > 0 ? "changes" : "reads",
    why: "copies bytes",
    touches: [...reading(words("if")), ...writing(to)],
  };
}

function systemctl({ args }: Call): Finding {
  const [command] = args.filter(({ value }) => !value?.startsWith("-"));
  if (["status", "is-active", "is-enabled", "list-units", "show", "cat"].includes(command?.value ?? ""))
    return unknown("asks the system's services");
  return { effect: "forbidden", why: "changes the system's services" };
}

/** The editor's own command line opens tunnels and installs extensions. */
function editor({ name, args }: Call): Finding {
  if (args.some(({ value }) => value === "tunnel" || value === "serve-web"))
    return { effect: "forbidden", why: "opens a tunnel to this machine" };
  if (args.length === 1 && args[0]?.value === "--version")
    return { effect: "reads", why: `tells the version of ${name}` };
  return unknown(`starts the editor ${name}`);
}

export const danger: Grammars = {
  ...Object.fromEntries(FORBIDDEN.flatMap(([why, names]) => names.split(" ").map((name) => [name, never(why)]))),
  dd,
  systemctl,
  service: systemctl,
  code: editor,
  "code-insiders": editor,
  cursor: editor,
  windsurf: editor,
  codium: editor,
};
