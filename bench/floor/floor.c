/*
 * The floor: for every line of the table only the system calls that the answer
 * cannot be had without, and the plainest parser. No allocation, no error
 * texts, no checks that a library owes its users: what is measured here is
 * what the kernel asks for its answer.
 *
 * Speaks the contestants' protocol on stdin and stdout (see src/serve.rs).
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef uint64_t u64;
typedef uint32_t u32;

#define MAX_PROCS 40000
#define MAX_SOCKETS 65536

struct answer {
	u64 rows; /* how many things were found: the driver compares it */
	u64 sum;  /* a sum over all that was read: nothing is optimised away */
};

static u64 now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
}

/* Reading */

static char text[1 << 20];

static ssize_t slurp_at(int dir, const char *path, char *into, size_t room)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = read(fd, into, room);
	close(fd);
	return n;
}

/* For files that a kernel with many processors or disks hands out in parts. */
static ssize_t slurp_whole(const char *path, char *into, size_t room)
{
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t total = 0;
	for (;;) {
		ssize_t n = read(fd, into + total, room - (size_t)total);
		if (n <= 0)
			break;
		total += n;
		/* A read that leaves a page free has met the end. */
		if (n < 4096 || (size_t)total == room)
			break;
	}
	close(fd);
	return total;
}

static u64 number(const char **at)
{
	const char *p = *at;
	while (*p == ' ' || *p == '\t')
		p++;
	int negative = *p == '-';
	p += negative;
	u64 v = 0;
	while (*p >= '0' && *p <= '9')
		v = v * 10 + (u64)(*p++ - '0');
	*at = p;
	return negative ? 0 - v : v;
}

static void skip_word(const char **at)
{
	const char *p = *at;
	while (*p == ' ')
		p++;
	while (*p > ' ')
		p++;
	*at = p;
}

static const char *next_line(const char *p)
{
	const char *end = strchr(p, '\n');
	return end ? end + 1 : p + strlen(p);
}

/* "1234" + "/stat" */
static void join(char *into, u32 pid, const char *file)
{
	char digits[12];
	int n = 0;
	do
		digits[n++] = (char)('0' + pid % 10);
	while (pid /= 10);
	while (n)
		*into++ = digits[--n];
	strcpy(into, file);
}

/* Pids */

static u32 pids[MAX_PROCS];
static size_t npids;

static int open_proc(void)
{
	return openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void list_pids(int proc)
{
	static char entries[32 << 10];
	npids = 0;
	for (;;) {
		long n = syscall(SYS_getdents64, proc, entries, sizeof entries);
		if (n <= 0)
			break;
		for (char *p = entries; p < entries + n;) {
			struct dirent64 *d = (struct dirent64 *)p;
			if (d->d_name[0] >= '1' && d->d_name[0] <= '9' && npids < MAX_PROCS) {
				const char *name = d->d_name;
				pids[npids++] = (u32)number(&name);
			}
			p += d->d_reclen;
		}
	}
}

static struct answer job_pids(void)
{
	struct answer a = {0};
	int proc = open_proc();
	list_pids(proc);
	close(proc);
	a.rows = npids;
	for (size_t i = 0; i < npids; i++)
		a.sum += pids[i];
	return a;
}

/* The process table */

struct row {
	u32 pid, ppid, euid, ruid;
	char name[16];
	char state;
	u64 utime, stime, rss, vms, threads, start;
	u64 read_bytes, write_bytes, descriptors;
	u32 cmdline, cmdline_len, exe, exe_len;
};

static struct row rows[MAX_PROCS];
static char arena[16 << 20];
static size_t arena_used;

static int read_stat(int proc, struct row *r)
{
	char path[32], buf[1024];
	join(path, r->pid, "/stat");
	ssize_t n = slurp_at(proc, path, buf, sizeof buf - 1);
	if (n <= 0)
		return 0;
	buf[n] = 0;
	const char *open = strchr(buf, '(');
	const char *close = memrchr(buf, ')', (size_t)n);
	size_t len = (size_t)(close - open - 1);
	if (len > 15)
		len = 15;
	memcpy(r->name, open + 1, len);
	r->name[len] = 0;
	const char *p = close + 2;
	r->state = *p++;
	r->ppid = (u32)number(&p);
	for (int i = 5; i <= 13; i++)
		skip_word(&p);
	r->utime = number(&p);
	r->stime = number(&p);
	for (int i = 16; i <= 19; i++)
		skip_word(&p);
	r->threads = number(&p);
	skip_word(&p);
	r->start = number(&p);
	r->vms = number(&p);
	r->rss = number(&p) * 4096;
	return 1;
}

static int read_uids(int proc, struct row *r)
{
	char path[32], buf[4096];
	join(path, r->pid, "/status");
	ssize_t n = slurp_at(proc, path, buf, sizeof buf - 1);
	if (n <= 0)
		return 0;
	buf[n] = 0;
	const char *p = strstr(buf, "\nUid:");
	if (!p)
		return 0;
	p += 5;
	r->ruid = (u32)number(&p);
	r->euid = (u32)number(&p);
	return 1;
}

static u64 sum_row(const struct row *r)
{
	return r->pid + r->ppid + r->euid + r->ruid + (unsigned char)r->name[0] +
	       (unsigned char)r->state + r->utime + r->stime + r->rss + r->vms +
	       r->threads + r->start + r->read_bytes + r->write_bytes + r->descriptors +
	       r->cmdline_len + r->exe_len;
}

enum { EFFECTIVE_UID = 1, REAL_UID = 2, DETAIL = 4 };

static struct answer table(int what)
{
	struct answer a = {0};
	int proc = open_proc();
	list_pids(proc);
	arena_used = 0;
	for (size_t i = 0; i < npids; i++) {
		struct row *r = &rows[a.rows];
		char path[32];
		struct stat st;
		r->pid = pids[i];
		if (!read_stat(proc, r))
			continue;
		if (what & EFFECTIVE_UID) {
			join(path, r->pid, "");
			if (fstatat(proc, path, &st, 0) == 0)
				r->euid = st.st_uid;
		}
		if (what & REAL_UID)
			read_uids(proc, r);
		if (what & DETAIL) {
			join(path, r->pid, "/cmdline");
			ssize_t n = slurp_at(proc, path, arena + arena_used, 65536);
			r->cmdline = (u32)arena_used;
			r->cmdline_len = n > 0 ? (u32)n : 0;
			arena_used += r->cmdline_len;

			join(path, r->pid, "/exe");
			n = readlinkat(proc, path, arena + arena_used, 4096);
			r->exe = (u32)arena_used;
			r->exe_len = n > 0 ? (u32)n : 0;
			arena_used += r->exe_len;
			if (arena_used > sizeof arena - (1 << 17))
				arena_used = 0;

			char buf[512];
			join(path, r->pid, "/io");
			n = slurp_at(proc, path, buf, sizeof buf - 1);
			if (n > 0) {
				buf[n] = 0;
				const char *p = buf;
				u64 v[7] = {0};
				for (int k = 0; k < 7 && *p; k++, p = next_line(p)) {
					while (*p && *p++ != ':')
						;
					v[k] = number(&p);
				}
				r->read_bytes = v[4];
				r->write_bytes = v[5];
			}

			/* Since Linux 6.2 the size of the directory is the
			 * number of open descriptors. */
			join(path, r->pid, "/fd");
			if (fstatat(proc, path, &st, 0) == 0)
				r->descriptors = (u64)st.st_size;
		}
		a.sum += sum_row(r);
		a.rows++;
	}
	close(proc);
	return a;
}

static struct answer job_table(void) { return table(EFFECTIVE_UID); }
static struct answer job_table_ruid(void) { return table(REAL_UID); }
static struct answer job_table_full(void) { return table(EFFECTIVE_UID | DETAIL); }

/* Children */

static struct answer job_children(void)
{
	static u32 child_of[1 << 22], sibling[MAX_PROCS], queue[MAX_PROCS];
	struct answer a = {0};
	int proc = open_proc();
	list_pids(proc);
	size_t n = 0;
	for (size_t i = 0; i < npids; i++) {
		rows[n].pid = pids[i];
		n += (size_t)read_stat(proc, &rows[n]);
	}
	close(proc);
	for (size_t i = 0; i < n; i++)
		child_of[rows[i].pid & 0x3fffff] = 0;
	for (size_t i = 0; i < n; i++) {
		u32 parent = rows[i].ppid & 0x3fffff;
		sibling[i] = child_of[parent];
		child_of[parent] = (u32)i + 1;
	}
	size_t head = 0, tail = 0;
	for (u32 c = child_of[1]; c; c = sibling[c - 1])
		queue[tail++] = c - 1;
	while (head < tail) {
		u32 i = queue[head++];
		a.sum += rows[i].pid;
		for (u32 c = child_of[rows[i].pid & 0x3fffff]; c; c = sibling[c - 1])
			queue[tail++] = c - 1;
	}
	a.rows = tail;
	return a;
}

/* Sockets */

struct sock {
	unsigned char family, protocol, state;
	struct inet_diag_sockid id;
	u32 recvq, sendq, uid, inode, owner, owner_fd;
};

static struct sock socks[MAX_SOCKETS];
static size_t nsocks;

static void dump_sockets(int nl, int family, int protocol)
{
	static char buf[64 << 10] __attribute__((aligned(8)));
	struct {
		struct nlmsghdr h;
		struct inet_diag_req_v2 r;
	} q = {
		.h = {.nlmsg_len = sizeof q,
		      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.r = {.sdiag_family = (unsigned char)family,
		      .sdiag_protocol = (unsigned char)protocol,
		      /* All states that have names in /proc/net/tcp; the bit of
		       * sockets that are only bound costs a walk of its own. */
		      .idiag_states = 0xfff},
	};
	if (send(nl, &q, sizeof q, 0) < 0)
		return;
	for (;;) {
		ssize_t n = recv(nl, buf, sizeof buf, 0);
		if (n <= 0)
			return;
		size_t left = (size_t)n;
		for (struct nlmsghdr *h = (struct nlmsghdr *)buf; NLMSG_OK(h, left);
		     h = NLMSG_NEXT(h, left)) {
			if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
				return;
			const struct inet_diag_msg *m = NLMSG_DATA(h);
			if (nsocks == MAX_SOCKETS)
				continue;
			struct sock *s = &socks[nsocks++];
			s->family = m->idiag_family;
			s->protocol = (unsigned char)protocol;
			s->state = m->idiag_state;
			s->id = m->id;
			s->recvq = m->idiag_rqueue;
			s->sendq = m->idiag_wqueue;
			s->uid = m->idiag_uid;
			s->inode = m->idiag_inode;
			s->owner = 0;
		}
	}
}

static void list_sockets(void)
{
	nsocks = 0;
	int nl = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	dump_sockets(nl, AF_INET, IPPROTO_TCP);
	dump_sockets(nl, AF_INET6, IPPROTO_TCP);
	dump_sockets(nl, AF_INET, IPPROTO_UDP);
	dump_sockets(nl, AF_INET6, IPPROTO_UDP);
	close(nl);
}

static struct answer job_sockets(void)
{
	struct answer a = {0};
	list_sockets();
	a.rows = nsocks;
	for (size_t i = 0; i < nsocks; i++)
		a.sum += socks[i].inode + socks[i].id.idiag_sport + socks[i].state + socks[i].uid;
	return a;
}

static struct answer job_sockets_owners(void)
{
	static u32 slot[MAX_SOCKETS * 4];
	const u32 mask = MAX_SOCKETS * 4 - 1;
	static char entries[32 << 10];
	struct answer a = {0};

	list_sockets();
	memset(slot, 0, sizeof slot);
	for (size_t i = 0; i < nsocks; i++) {
		if (!socks[i].inode)
			continue;
		u32 at = (socks[i].inode * 2654435761u) & mask;
		while (slot[at])
			at = (at + 1) & mask;
		slot[at] = (u32)i + 1;
	}
	int proc = open_proc();
	list_pids(proc);
	for (size_t i = 0; i < npids; i++) {
		char path[32], target[64];
		join(path, pids[i], "/fd");
		int dir = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			continue;
		long n;
		while ((n = syscall(SYS_getdents64, dir, entries, sizeof entries)) > 0) {
			for (char *p = entries; p < entries + n;) {
				struct dirent64 *d = (struct dirent64 *)p;
				p += d->d_reclen;
				if (d->d_name[0] == '.')
					continue;
				ssize_t len = readlinkat(dir, d->d_name, target, sizeof target - 1);
				if (len < 9 || memcmp(target, "socket:[", 8))
					continue;
				target[len] = 0;
				const char *digits = target + 8;
				u32 inode = (u32)number(&digits);
				u32 at = (inode * 2654435761u) & mask;
				while (slot[at] && socks[slot[at] - 1].inode != inode)
					at = (at + 1) & mask;
				if (!slot[at])
					continue;
				struct sock *s = &socks[slot[at] - 1];
				const char *name = d->d_name;
				s->owner = pids[i];
				s->owner_fd = (u32)number(&name);
			}
		}
		close(dir);
	}
	close(proc);
	a.rows = nsocks;
	for (size_t i = 0; i < nsocks; i++)
		a.sum += socks[i].inode + socks[i].owner + socks[i].owner_fd;
	return a;
}

/* Memory of every process */

static struct answer job_footprint(void)
{
	struct answer a = {0};
	int proc = open_proc();
	list_pids(proc);
	for (size_t i = 0; i < npids; i++) {
		char path[32], buf[4096];
		join(path, pids[i], "/smaps_rollup");
		ssize_t n = slurp_at(proc, path, buf, sizeof buf - 1);
		if (n < 0)
			continue;
		buf[n] = 0;
		u64 uss = 0, pss = 0, swap = 0;
		for (const char *p = next_line(buf); *p; p = next_line(p)) {
			const char *colon = strchr(p, ':');
			if (!colon)
				break;
			const char *v = colon + 1;
			if (!memcmp(p, "Private_", 8))
				uss += number(&v);
			else if (!memcmp(p, "Pss:", 4))
				pss = number(&v);
			else if (!memcmp(p, "Swap:", 5))
				swap = number(&v);
		}
		rows[a.rows].rss = uss;
		rows[a.rows].vms = pss;
		a.sum += uss + pss + swap;
		a.rows++;
	}
	close(proc);
	return a;
}

/* Warm samples of CPU time and resident memory */

struct watched {
	u32 pid;
	int statm;
	u64 cpu, rss, cpu_delta;
};

static struct watched watch_a[MAX_PROCS], watch_b[MAX_PROCS];
static struct watched *watched = watch_a, *fresh = watch_b;
static size_t nwatched;
static int watched_proc = -1;

static struct answer job_sample(void)
{
	struct answer a = {0};
	if (watched_proc < 0)
		watched_proc = open_proc();
	lseek(watched_proc, 0, SEEK_SET);
	list_pids(watched_proc);

	/* /proc lists in ascending order: new and gone show in one merge. */
	size_t old = 0, n = 0;
	for (size_t i = 0; i < npids; i++) {
		struct watched *w = &fresh[n];
		while (old < nwatched && watched[old].pid < pids[i])
			close(watched[old++].statm);
		if (old < nwatched && watched[old].pid == pids[i]) {
			*w = watched[old++];
		} else {
			char path[32];
			join(path, pids[i], "/statm");
			w->pid = pids[i];
			w->cpu = 0;
			w->statm = openat(watched_proc, path, O_RDONLY | O_CLOEXEC);
			if (w->statm < 0)
				continue;
		}
		struct timespec t;
		/* The CPU clock of a process, as clock_getcpuclockid makes it. */
		if (clock_gettime((clockid_t)((~(u32)w->pid << 3) | 2), &t)) {
			close(w->statm);
			continue;
		}
		u64 cpu = (u64)t.tv_sec * 1000000000u + (u64)t.tv_nsec;
		w->cpu_delta = cpu - w->cpu;
		w->cpu = cpu;
		char buf[128];
		ssize_t len = pread(w->statm, buf, sizeof buf - 1, 0);
		if (len <= 0) {
			close(w->statm);
			continue;
		}
		buf[len] = 0;
		const char *p = buf;
		skip_word(&p);
		w->rss = number(&p) * 4096;
		a.sum += w->rss + w->cpu_delta;
		n++;
	}
	while (old < nwatched)
		close(watched[old++].statm);
	struct watched *swap = watched;
	watched = fresh;
	fresh = swap;
	nwatched = n;
	a.rows = n;
	return a;
}

/* The whole system */

static struct answer job_virtual_memory(void)
{
	struct answer a = {0};
	ssize_t n = slurp_at(AT_FDCWD, "/proc/meminfo", text, 8192);
	if (n <= 0)
		return a;
	text[n] = 0;
	for (const char *p = text; *p; p = next_line(p)) {
		const char *v = strchr(p, ':');
		if (!v)
			break;
		v++;
		a.sum += number(&v);
	}
	a.rows = 1;
	return a;
}

static struct answer job_cpu_times(void)
{
	struct answer a = {0};
	ssize_t n = slurp_whole("/proc/stat", text, sizeof text - 1);
	if (n <= 0)
		return a;
	text[n] = 0;
	for (const char *p = next_line(text); !memcmp(p, "cpu", 3); p = next_line(p)) {
		p += 3;
		for (int i = 0; i < 11; i++)
			a.sum += number(&p);
		a.rows++;
	}
	return a;
}

static struct answer job_disk_io(void)
{
	struct answer a = {0};
	ssize_t n = slurp_whole("/proc/diskstats", text, sizeof text - 1);
	if (n <= 0)
		return a;
	text[n] = 0;
	for (const char *p = text; *p; p = next_line(p)) {
		number(&p);
		number(&p);
		skip_word(&p);
		for (int i = 0; i < 17; i++)
			a.sum += number(&p);
		a.rows++;
	}
	return a;
}

static struct answer job_net_io(void)
{
	struct answer a = {0};
	ssize_t n = slurp_whole("/proc/net/dev", text, sizeof text - 1);
	if (n <= 0)
		return a;
	text[n] = 0;
	for (const char *p = next_line(next_line(text)); *p; p = next_line(p)) {
		const char *v = strchr(p, ':');
		if (!v)
			break;
		p = v + 1;
		for (int i = 0; i < 16; i++)
			a.sum += number(&p);
		a.rows++;
	}
	return a;
}

static struct answer job_boot_time(void)
{
	struct answer a = {0};
	ssize_t n = slurp_whole("/proc/stat", text, sizeof text - 1);
	if (n <= 0)
		return a;
	text[n] = 0;
	const char *p = strstr(text, "\nbtime ");
	if (!p)
		return a;
	p += 7;
	a.sum = number(&p);
	a.rows = 1;
	return a;
}

/* Protocol */

static const struct job {
	const char *name;
	struct answer (*run)(void);
} jobs[] = {
	{"pids", job_pids},
	{"table", job_table},
	{"table-ruid", job_table_ruid},
	{"table-full", job_table_full},
	{"children", job_children},
	{"sockets", job_sockets},
	{"sockets-owners", job_sockets_owners},
	{"footprint", job_footprint},
	{"sample", job_sample},
	{"virtual-memory", job_virtual_memory},
	{"cpu-times", job_cpu_times},
	{"disk-io", job_disk_io},
	{"net-io", job_net_io},
	{"boot-time", job_boot_time},
};
enum { NJOBS = sizeof jobs / sizeof *jobs };

static void run(const struct job *job, unsigned iterations)
{
	static u64 took[100000];
	struct answer a = {0};
	if (iterations > sizeof took / sizeof *took)
		iterations = sizeof took / sizeof *took;
	for (unsigned i = 0; i < iterations; i++) {
		u64 begin = now_ns();
		a = job->run();
		took[i] = now_ns() - begin;
	}
	printf("ok %llu %llu", (unsigned long long)a.rows, (unsigned long long)a.sum);
	for (unsigned i = 0; i < iterations; i++)
		printf(" %llu", (unsigned long long)took[i]);
	putchar('\n');
}

/*
 * `floor --peak COMMAND ARGS`: the greatest resident size the command reached.
 * It is asked from here because a child's figure starts with what its parent
 * had resident at the fork, and nothing here is smaller than this program.
 */
static int peak(char **command)
{
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(null, 1);
		dup2(null, 2);
		execvp(command[0], command);
		_exit(127);
	}
	int status;
	struct rusage use;
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0)
		return 1;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return 1;
	printf("%ld\n", use.ru_maxrss);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "--peak"))
		return peak(argv + 2);
	char line[256], name[128];
	unsigned iterations;
	while (fgets(line, sizeof line, stdin)) {
		if (!strncmp(line, "jobs", 4)) {
			printf("jobs");
			for (int i = 0; i < NJOBS; i++)
				printf(" %s", jobs[i].name);
			putchar('\n');
		} else if (sscanf(line, "run %127s %u", name, &iterations) == 2) {
			int i = 0;
			while (i < NJOBS && strcmp(jobs[i].name, name))
				i++;
			if (i < NJOBS)
				run(&jobs[i], iterations);
			else
				puts("err no such job");
		} else if (!strncmp(line, "exit", 4)) {
			break;
		} else {
			puts("err unknown command");
		}
		fflush(stdout);
	}
	return 0;
}
