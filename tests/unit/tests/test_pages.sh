#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test_pages.sh - what lint says of files without a first line and of pages: each mistake is found, and nothing else.
set -u

cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
spdx='SPDX-License-Identifier: GPL-2.0-or-later'

# tree: a small one without a mistake
tree() {
	rm -rf "$T/tree"
	mkdir -p "$T/tree/hotplug/kernel" "$T/tree/policy" "$T/tree/tests"
	printf '/* %s */\n/* a.c - add two numbers. */\nint a;\n' "$spdx" >"$T/tree/hotplug/a.c"
	printf '/* %s */\n/*\n * b.h - what is\n * there.\n */\n' "$spdx" >"$T/tree/hotplug/kernel/b.h"
	printf '#!/bin/sh\n# %s\n# run - run tests.\n' "$spdx" >"$T/tree/tests/run"
	printf '# x.cfg - a guest.\n' >"$T/tree/tests/x.cfg"
	printf 'int data, not a source\n' >"$T/tree/hotplug/data.txt"
	# shellcheck disable=SC2016 # Markdown's
	printf '# p\n\n## How `it` works, and where\n\n[up](../README.md) [here](#how-it-works-and-where)\n' \
		>"$T/tree/policy/README.md"
	printf '# h\n' >"$T/tree/hotplug/README.md"
	printf '# t\n' >"$T/tree/tests/README.md"
	cat >"$T/tree/README.md" <<-'END'
		# xnm

		[policy](policy/README.md#how-it-works-and-where), [folder](hotplug), [out](https://example.org/a.md)

		| folder | what |
		|---|---|
		| [hotplug/](hotplug) | `a.c` and others |

		```
		[not a link](nowhere.md)
		| a.c | no table |
		```
	END
}

# said TOOL [OPTION]: what it prints of the tree
said() {
	tests/lint/"$1" ${2:+"$2"} "$T/tree" 2>&1
}

tree
is "the map has every source, by folder" "$(said map.sh)" "hotplug/
  a.c                          add two numbers.

hotplug/kernel/
  b.h                          what is

tests/
  run                          run tests.
  x.cfg                        a guest."
is "a good tree has no complaint" "$(said map.sh -c; echo $?; said pages.sh)" "0"

printf '/* %s */\nint a;\n/* a.c does this */\n' "$spdx" >"$T/tree/hotplug/a.c"
is "a file that does not say what it is for" "$(said map.sh -c; echo $?)" \
	"hotplug/a.c: its second line should be a comment: a.c - what it is for
1"
is "the map says so as well" "$(said map.sh | head -1)" \
	"hotplug/a.c: its second line should be a comment: a.c - what it is for"
: >"$T/tree/hotplug/a.c"
is "an empty file" "$(said map.sh -c)" "hotplug/a.c: empty"
tree
printf '#!/bin/bash\n# %s\necho\n' "$spdx" >"$T/tree/tests/noname"
is "a script without an ending in its name" "$(said map.sh -c)" \
	"tests/noname: its second line should be a comment: noname - what it is for"
tree
printf '/* a.c - add. */\n' >"$T/tree/hotplug/a.c"
is "a file without a licence" "$(said map.sh -c)" "hotplug/a.c: no SPDX-License-Identifier in its first lines"

tree
printf '[gone](policy/gone.md)\n[no heading](policy/README.md#nothing)\n[nor here](#nothing)\n' >>"$T/tree/README.md"
printf '[text](../hotplug/b.h)\n' >>"$T/tree/policy/README.md"
is "dead links, between pages and within one" "$(said pages.sh)" "./README.md: there is no policy/gone.md
./README.md: policy/README.md#nothing: no heading there is called so
./README.md: #nothing: no heading there is called so
policy/README.md: there is no ../hotplug/b.h
policy/README.md: there is no file hotplug/b.h"
tree
# shellcheck disable=SC2016 # Markdown's
printf '| `a.c`, `b.h` | two files |\n| [b.h](kernel/b.h) | one |\n' >>"$T/tree/hotplug/README.md"
# shellcheck disable=SC2016
is "tables of files" "$(said pages.sh)" 'hotplug/README.md: a table of files, which make map prints: | `a.c`, `b.h` | two files |
hotplug/README.md: a table of files, which make map prints: | [b.h](kernel/b.h) | one |'
tree
yes '' | head -238 >>"$T/tree/README.md"
is "a README of 250 lines is short enough" "$(wc -l <"$T/tree/README.md"):$(said pages.sh)" "250:"
echo >>"$T/tree/README.md"
is "one of 251 lines is not" "$(said pages.sh)" \
	"README.md: 251 lines, and at most 250: the rest belongs into the README of a folder"
tree
rm "$T/tree/policy/README.md"
is "a folder without its page" "$(said pages.sh)" "./README.md: there is no policy/README.md#how-it-works-and-where
policy has no README.md"
tree
printf 'The program is the companion of that script.\nIt changes nothing of what the guests have there.\n' >"$T/tree/hotplug/x.8.scd"
is "a manual page" "$(said pages.sh)" ""
printf 'It changes nothing of what the guests have there. Only one verb does.\n' >>"$T/tree/hotplug/x.8.scd"
is "a sentence of it that is there twice" "$(said pages.sh)" \
	"hotplug/x.8.scd: said twice: It changes nothing of what the guests have there. Only one verb does."
tree
mkdir -p "$T/tree/tests/netns" "$T/tree/tests/fuzz"
touch "$T/tree/tests/netns/a.sh" "$T/tree/tests/fuzz/fuzz_a.c"
cat >"$T/tree/SECURITY.md" <<'END'
## What is promised

| who | what it cannot do | test |
|---|---|---|
| a guest | send as another | `a.sh` (VM), `fuzz_a` |

## Settings

| setting | what it opens |
|---|---|
| x | nothing |
END
is "promises with tests" "$(said pages.sh)" ""
# shellcheck disable=SC2016
sed -i 's/^| a guest.*/&\n| a guest | do this | none |\n| a mistake | do that | `b.sh` |/' "$T/tree/SECURITY.md"
is "promises without tests" "$(said pages.sh)" "SECURITY.md: which test shows it: a guest |...
SECURITY.md: there is no test b.sh"
tree
# shellcheck disable=SC2016 # Markdown's
printf 'See `a.c`, `hotplug/kernel/b.h`, `kernel/b*.h`.\n\n```\n  event.c -> old/b.h\n```\n' >>"$T/tree/policy/README.md"
is "names of files that are nowhere" "$(said pages.sh)" "policy/README.md: there is no file event.c
policy/README.md: there is no file old/b.h"
tree
printf '/* %s */\n/* c.c - see. */\n' "$spdx" >"$T/tree/hotplug/kernel/c.c"
is "a folder with sources that README's table does not have" "$(said pages.sh)" \
	"README.md: no row for hotplug/kernel/ in the table of folders"

# what moves files and folders fails here, before anybody has to look for it
is "the pages of this tree" "$(tests/lint/pages.sh; tests/lint/map.sh -c)" ""
tap_done
