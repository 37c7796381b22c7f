#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test_run.sh - tests/run itself: sums, verdicts, time limits and interrupts, with tests that pass, fail, hang and die.
set -u

cd "$(dirname "$0")/../../.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
mkdir "$T/tests"
unset JOBS

# fake NAME: a test, of the script that comes on stdin
fake() {
	{
		printf '#!/bin/sh\n'
		cat
	} >"$T/tests/$1"
	chmod +x "$T/tests/$1"
}

fake good <<'END'
printf 'ok 1 - a\nok 2 - b\n1..2\n'
END
fake slow <<'END'
sleep 0.3
printf 'ok 1 - a\n1..1\n'
END
fake skips <<'END'
printf 'ok 1 - a\nok 2 - b # SKIP not here\n1..2\n'
END
fake bad <<'END'
printf 'ok 1 - a\nnot ok 2 - b\n# got: x\n1..2\n'
exit 1
END
fake lies <<'END'
printf 'ok 1 - a\n1..3\n'
END
fake planless <<'END'
printf 'ok 1 - a\n'
END
fake dies <<'END'
printf 'ok 1 - a\n1..1\n'
exit 3
END
fake killed <<'END'
printf 'ok 1 - a\n'
kill -9 $$
END
fake hangs <<'END'
printf 'ok 1 - a\n'
sleep 60
printf '1..1\n'
END
fake quiet <<'END'
END
# as the first process of a namespace does
fake stubborn <<'END'
trap '' TERM INT
echo $$ >$0.pid
while :; do sleep 1; done
END
fake polite <<'END'
trap 'echo ended >$0.end; exit' TERM
echo $$ >$0.pid
while :; do sleep 0.1; done
END
# each notes in $SEEN how many of them are running, as soon as there have been $COUNT, however slow the machine is
for name in one two three; do
	fake beside-$name <<-END
		: >\$SEEN.$name
		i=0
		until [ \$(echo \$SEEN.* | wc -w) -ge \$COUNT ] || grep -qsx "\$COUNT" \$SEEN || [ \$i -gt 300 ]; do
			sleep 0.1
			i=\$((i + 1))
		done
		sleep 0.5
		echo \$SEEN.* | wc -w >>\$SEEN
		rm \$SEEN.$name
		printf 'ok 1 - a\n1..1\n'
	END
	sed 's/^#!.*/&\n# alone: it counts the others/' "$T/tests/beside-$name" >"$T/tests/alone-$name"
	chmod +x "$T/tests/alone-$name"
done

# begin RUN ARGUMENT...: start tests/run with the fakes of these names; what waits long runs beside each other
declare -A began=()
begin() {
	local run=$1 word
	local -a words=()

	shift
	for word in "$@"; do
		if [ -e "$T/tests/$word" ]; then word=$T/tests/$word; fi
		words+=("$word")
	done
	SEEN=$T/seen-$run timeout 200 tests/run -l "$T/log-$run" "${words[@]}" >"$T/out-$run" 2>&1 &
	began[$run]=$!
}

# end RUN: sets rc, out, last, the final line, and log and seen, where its tests have written
end() {
	rc=0
	wait "${began[$1]}" || rc=$?
	out=$(cat "$T/out-$1")
	last=$(tail -n 1 <<<"$out")
	log=$T/log-$1
	seen=$T/seen-$1
}

# run ARGUMENT...: both
run() {
	rm -rf "$T/log-run"
	begin run "$@"
	end run
}

# verdicts: the lines of the tests, sorted, without their seconds
verdicts() {
	grep -E '^(PASS|FAIL) ' <<<"$out" | sed 's/ ([0-9]* s)$//' | sort
}

# It takes the longest: eleven seconds, ten of them from the request to end until it is killed.
begin stubborn -j 2 -t 1 stubborn good slow

wanted="FAIL bad: 1 passed, 1 failed
FAIL dies: 1 passed, 1 failed, exit status 3
FAIL hangs: 1 passed, 1 failed, ran out of 4 s
FAIL killed: 1 passed, 1 failed, exit status 137
FAIL lies: 1 passed, 1 failed, planned 3 checks, made 1
FAIL nowhere: 0 passed, 1 failed, exit status 127
FAIL planless: 1 passed, 1 failed, ended without a plan
FAIL quiet: 0 passed, 1 failed, ended without a plan
PASS good: 2 passed
PASS skips: 1 passed, 1 skipped
PASS slow: 1 passed"
everything=(slow hangs bad good dies lies killed planless quiet skips "$T/tests/nowhere")
backwards=()
for name in "${everything[@]}"; do
	backwards=("$name" "${backwards[@]}")
done

for jobs in 1 3; do
	begin forwards-$jobs -j $jobs -t 4 "${everything[@]}"
	begin backwards-$jobs -j $jobs -t 4 "${backwards[@]}"
done
for jobs in 1 3; do
	end forwards-$jobs
	is "-j $jobs: each test's line" "$(verdicts)" "$wanted"
	is "-j $jobs: sum and exit status" "$rc:$last" "1:10 passed, 8 failed, 1 skipped"
	forwards=$(verdicts):$last
	end backwards-$jobs
	is "-j $jobs: the same from back to front" "$(verdicts):$last" "$forwards"
	run -j $jobs -s "$T/sum.$jobs" good skips slow
	is "-j $jobs: all is well" "$rc:$last" "0:4 passed, 0 failed, 1 skipped"
	run -j $jobs -s "$T/sum.$jobs" good bad
	is "-j $jobs: one call more, which fails" "$rc:$last" "1:3 passed, 1 failed, 0 skipped"
	is "-j $jobs: the file of sums" "$(cat "$T/sum.$jobs")" "4 0 1"$'\n'"3 1 0"
	is "-j $jobs: what a failed test said follows its line" "$(grep -A2 '^FAIL' <<<"$out" | sed 1d)" \
		"not ok 2 - b"$'\n'"# got: x"
	is "-j $jobs: the logs" "$(cd "$log" && echo *)" "bad.log good.log"
	run -j $jobs skips
	is "-j $jobs: what was skipped follows" "$(sed 1q <<<"${out#*$'\n'}")" "ok 2 - b # SKIP not here"
	run -j $jobs
	is "-j $jobs: no tests" "$rc:$out" "0:0 passed, 0 failed, 0 skipped"
done

# -- how many at once
COUNT=1 begin one -j 1 beside-one beside-two beside-three
COUNT=3 begin three -j 3 beside-one beside-two beside-three
COUNT=2 begin two -j 2 beside-one beside-two beside-three
COUNT=1 begin alone -j 3 alone-one beside-two alone-three
COUNT=1 JOBS=1 begin environment beside-one beside-two beside-three
COUNT=3 JOBS=1 begin counts-more -j 3 beside-one beside-two beside-three
COUNT=2 begin nobody-says beside-one beside-two beside-three
end one
is "-j 1: one by one" "$rc:$(sort -u "$seen")" 0:1
end three
is "-j 3: beside each other" "$rc:$(sort -n "$seen" | tail -1)" 0:3
end two
is "-j 2: never more than two" "$rc:$(sort -n "$seen" | tail -1)" 0:2
end alone
is "two that want to be alone are, at the end" \
	"$rc:$(xargs <"$seen"):$(verdicts | xargs):$(grep -o '^PASS [a-z]*-[a-z]*' <<<"$out" | head -1)" \
	"0:1 1 1:PASS alone-one: 1 passed PASS alone-three: 1 passed PASS beside-two: 1 passed:PASS beside-two"
end environment
is "JOBS of the environment" "$rc:$(sort -u "$seen")" 0:1
end counts-more
is "-j counts more" "$rc:$(sort -n "$seen" | tail -1)" 0:3
end nobody-says
check "two at once, if nobody says how many" test "$(sort -n "$seen" | tail -1)" -ge 2
for jobs in 0 x; do
	run -j "$jobs" good
	is "-j $jobs is an error" "$rc:$out" "2:run: '$jobs' is no number of jobs: 1 or more"
done

# left FILE...: those of the processes whose number is in a file that still run; a zombie does not
left() {
	ps -o pid=,stat=,args= -p "$(cat "$@" | paste -sd,)" | grep -v '^ *[0-9]* Z'
}

# wait_for FILE...: at most half a minute
wait_for() {
	local i file

	for file in "$@"; do
		for ((i = 0; i < 1500; i++)); do
			[ ! -s "$file" ] || break
			sleep 0.02
		done
	done
}

# interrupt SIGNAL: tests/run with tests in a folder of their own, which gets the signal; its status goes to a file there
interrupt() {
	local here=$T/$1 pid

	mkdir "$here"
	cp -r "$T/tests" "$here"
	rm -f "$here/tests/"*.pid
	# as from a terminal, where Ctrl-C is not ignored
	env --default-signal=INT,QUIT tests/run -j 2 -l "$here/log" -s "$here/sum" \
		"$here/tests/stubborn" "$here/tests/polite" "$here/tests/good" >"$here/out" 2>&1 &
	pid=$!
	wait_for "$here/tests/stubborn.pid" "$here/tests/polite.pid"
	kill -"$1" $pid
	wait $pid 2>/dev/null
	echo $? >"$here/status"
}

for signal in INT TERM; do
	interrupt $signal
	here=$T/$signal
	is "SIG$signal ends it as one would expect" "$(cat "$here/status")" $((128 + $(kill -l $signal)))
	is "SIG$signal ends the tests" "$(left "$here/tests/stubborn.pid" "$here/tests/polite.pid")" ""
	is "SIG$signal leaves them time to clean up" "$(cat "$here/tests/polite.end" 2>&1)" ended
	is "SIG$signal: no sums, no results" "$(cat "$here/sum" "$here/out" 2>/dev/null)" ""
done

# -- the end of one is not the end of another
# timeout(1) as it is when a signal comes right behind its fork: it does not know its child, and passes nothing on
mkdir "$T/bin"
cat >"$T/bin/timeout" <<'END'
#!/bin/sh
exec perl -e 'setpgrp; fork or exec @ARGV; wait' -- "$4"
END
chmod +x "$T/bin/timeout"
rm -f "$T/tests/polite.pid" "$T/tests/polite.end"
PATH=$T/bin:$PATH tests/run -j 1 -l "$T/log-forked" "$T/tests/polite" >/dev/null 2>&1 &
pid=$!
wait_for "$T/tests/polite.pid"
kill -TERM $pid
wait $pid 2>/dev/null
is "SIGTERM reaches one whose timeout does not pass it on" \
	"$(cat "$T/tests/polite.end" 2>&1):$(left "$T/tests/polite.pid")" ended:

end stubborn
is "one that does not want to end" "$rc:$(verdicts)" \
	"1:FAIL stubborn: 0 passed, 1 failed, ran out of 1 s"$'\n'"PASS good: 2 passed"$'\n'"PASS slow: 1 passed"
is "it ends nevertheless" "$(left "$T/tests/stubborn.pid")" ""
tap_done
