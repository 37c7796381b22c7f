# SPDX-License-Identifier: GPL-2.0-or-later
# tests.mk - the test tiers, the checks and the measurements.

.PHONY: test check check-netns check-many check-vm check-xen check-fastpath check-san check-programs mutate demo bench bench-xen bench-traffic \
	lint fuzz coverage \
	test-programs test-deps stage map

export O
export XNM_TESTS_MUST_RUN
LOGS = $(O)/logs
RUN  = tests/run -l $(LOGS) $(if $(XNM_SUMFILE),-s $(XNM_SUMFILE))

# The tiers go from small to large, and all of them run even if one fails. The netns tests run once, with
# sanitizers; the VM and Xen have the ordinary build. Packages are installed beforehand, as two tiers at a
# time could not.
test:  ## run every tier: unit, plan, netns, sanitizers, VM, Xen, lint, fuzzing
	$(Q)tests/lib/deps.sh build test lint xen kmod fuzz
	$(Q)tests/all.sh

check: test-programs  ## unit and plan tests, no root needed
	$(Q)$(RUN) $(if $(SAN),,$(wildcard tests/unit/tests/test_*.sh)) tests/plan/plan.sh $(UNIT_TESTS)

check-programs: $(O)/tests/plan-test $(UNIT_TESTS)

mutate:  ## which of MUTANTS=40 random changes of one token `make check` overlooks (SEED=)
	$(Q)tests/lib/deps.sh build test
	$(Q)tests/mutate.sh

check-netns: test-programs  ## real kernel and xenstored in namespaces (root)
	$(Q)$(RUN) -t 1200 $(TESTS_NETNS)

check-many: test-programs  ## those of them that go by numbers, which are smaller in check-san (root)
	$(Q)$(RUN) -t 1200 $(TESTS_MANY)

check-vm: stage test-programs  ## what this kernel lacks, in a VM with Debian's
	$(Q)tests/lib/deps.sh xen
	$(Q)$(RUN) -t 1700 tests/vm/vm.sh tests/vm/vm-612.sh

check-xen: stage $(O)/tests/frames  ## real guests on real Xen in QEMU
	$(Q)tests/lib/deps.sh test xen
	$(Q)$(RUN) -t 1900 tests/xen/xen.sh

check-fastpath: stage $(O)/tests/frames $(O)/tests/traffic kmod  ## the kernel module in two guests on real Xen
	$(Q)tests/lib/deps.sh test xen
	$(Q)$(RUN) -t 3000 tests/xen/fastpath.sh

check-san:  ## unit, plan and netns tests under ASan and UBSan
	$(Q)XNM_FEW=1 $(MAKE) --no-print-directory -k O=$(O)/san SAN=address,undefined STATIC_LIBS=no \
		check check-netns

demo:  ## boot Xen in QEMU and watch two guests get their network
	$(Q)tests/lib/deps.sh build xen
	$(Q)$(MAKE) --no-print-directory stage
	$(Q)tests/xen/demo.sh

bench: test-programs  ## medians and ratios against the stock scripts
	$(Q)tests/lib/deps.sh build test bench
	$(Q)tests/bench/bench.sh

bench-xen: stage $(O)/tests/traffic $(O)/tests/domcpu kmod  ## two guests on real Xen, fast path against netfront
	$(Q)tests/lib/deps.sh test xen
	$(Q)tests/bench/bench-xen.sh

bench-traffic: test-programs  ## rates, delays and losses as configured and as measured, in a VM, with a plot
	$(Q)tests/lib/deps.sh test xen plot
	$(Q)tests/bench/shape.sh

# The tree that the VMs use, laid out as `make install` lays it out on a host; XNM_STAGED: it is there.
stage: all
ifndef XNM_STAGED
	$(Q)rm -rf $(O)/stage
	$(Q)$(MAKE) --no-print-directory -s install DESTDIR=$(abspath $(O))/stage >/dev/null
endif

# stock.sh, test_run.sh, test_all.sh and test_pages.sh run no program of ours, so a sanitizer has nothing to find in them
TESTS_NETNS = $(filter-out $(if $(SAN),tests/netns/stock.sh), \
	$(TESTS_LONG) $(filter-out $(TESTS_LONG),$(shell grep -L '^\# tier: vm' tests/netns/*.sh)))
# what takes longest begins first, so that nothing runs on alone at the end
TESTS_LONG = $(patsubst %,tests/netns/%.sh,faults sigkill docker-bridge cycles pool fastpath)
TESTS_MANY = $(shell grep -l 'often [0-9]' $(TESTS_LONG)) tests/netns/parallel.sh

test-deps:
	$(Q)tests/lib/deps.sh build test

test-programs: test-deps $(O)/xnm-vif $(O)/xnm $(O)/xnm-guest $(O)/xnm-udev \
	$(O)/xnm-vif-faults $(O)/xnm-udev-faults $(O)/tests/fakexen.so $(O)/tests/cutdump.so \
	$(O)/tests/launch $(O)/tests/storm $(O)/tests/kernel $(O)/tests/tc $(O)/tests/plan-test $(O)/tests/frames \
	$(O)/tests/guard \
	$(UNIT_TESTS)

$(O)/tests/fakexen.so $(O)/tests/cutdump.so: $(O)/tests/%.so: tests/lib/%.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -Wno-missing-prototypes -O2 -fPIC -shared -o $@ $<

$(O)/tests/launch: tests/lib/launch.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 -o $@ $<

$(O)/tests/storm: tests/lib/storm.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 -o $@ $< $(call libs_of,xenstore)

$(O)/tests/kernel: tests/lib/kernel.c
$(O)/tests/tc: $(wildcard tests/lib/tc/*)
$(O)/tests/kernel $(O)/tests/tc: $(O)/libxnm.a
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(HARDENING_LD) -o $@ $(filter %.c,$^) $(filter %.a,$^) $(call libs_of,$(PKGS_VIF))

# static: guests on real Xen have nothing but busybox
$(O)/tests/frames: $(wildcard tests/lib/frames/*)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 -static -o $@ $(filter %.c,$^)

# the same for the fast path's traffic
$(O)/tests/traffic: $(wildcard tests/lib/traffic/*)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -I. $(WARNINGS) -O2 -static -o $@ $(filter %.c,$^)

# the kernel module's guard as a program; that code is written for the kernel's warnings
$(O)/tests/guard: tests/lib/guard.c tests/fuzz/kernel.h tests/lib/kernel-headers.sh $(wildcard kmod/*.[ch])
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)tests/lib/kernel-headers.sh $(O)/tests/kernel-headers
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Werror $(if $(SAN),-fsanitize=$(SAN)) -O2 -g -I. \
		-I$(O)/tests/kernel-headers -include tests/fuzz/kernel.h -o $@ $<

$(O)/tests/domcpu: tests/bench/domcpu.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 -o $@ $< -lxenctrl

# the model of kernel, xenstore and notes that plans are carried out on
MODEL_SRC = tests/plan/model.c tests/plan/rules.c $(wildcard tests/plan/world/*.c)
PLAN_TEST_SRC = $(filter-out $(MODEL_SRC),$(wildcard tests/plan/*.c))
MODEL_OBJ = $(MODEL_SRC:%.c=$(O)/%.o)
PLAN_TEST_OBJ = $(PLAN_TEST_SRC:%.c=$(O)/%.o)
-include $(MODEL_OBJ:.o=.d) $(PLAN_TEST_OBJ:.o=.d)

$(O)/tests/plan-test: $(PLAN_TEST_OBJ) $(MODEL_OBJ) $(O)/libxnm.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(HARDENING_LD) -o $@ $^ $(call libs_of,$(PKGS_VIF))

# what several unit tests share, or what would be too long for one file: each test says what it needs of it
UNIT_OBJ = $(patsubst %.c,$(O)/%.o,$(foreach src,$(UNIT_SRC),$(if $(filter test_%,$(notdir $(src))),,$(src))))
-include $(UNIT_OBJ:.o=.d)
unit = $(patsubst %,$(O)/tests/unit/%,$(1))

$(call unit,cli/test_check): $(O)/hotplug/cli/findings.o $(O)/hotplug/cli/places.o
$(call unit,core/test_plan): $(call unit,core/random.o) $(MODEL_OBJ)
# what carries out a plan is tested with a kernel and a xenstore that write down what they are asked
$(filter %apply,$(UNIT_TESTS)): $(filter $(O)/tests/unit/core/fake/%,$(UNIT_OBJ))
$(call unit,kernel/test_dump): $(call unit,kernel/dump_kernel.o kernel/dump_lists.o)
$(call unit,notes/test_state notes/test_state_damaged): $(call unit,notes/full_note.o)
$(call unit,parts/bridge/test_manager parts/bridge/test_manager_coming): $(call unit,parts/bridge/manager_dir.o)
$(call unit,policy/test_policy_files policy/test_policy_refused policy/test_profiles): $(call unit,policy/policy_dir.o)
$(call unit,policy/test_override): $(call unit,policy/policy_text.o)
$(call unit,policy/test_policy policy/test_policy_check policy/sections/test_policy_traffic \
	policy/sections/test_policy_forwards policy/sections/test_policy_shape policy/sections/test_policy_links \
	policy/sections/test_policy_classes policy/sections/test_policy_schedules policy/sections/test_policy_netems): $(call unit,policy/policy_text.o)

$(O)/tests/unit/%: tests/unit/%.c $(O)/hotplug/notes/lock-check.o $(O)/libxnm.a
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(HARDENING_LD) -MMD -MP -o $@ $< $(filter %.o,$^) $(O)/libxnm.a \
		$(call libs_of,$(PKGS_VIF) cmocka)

lint:  ## clang-format, cppcheck, clang-tidy, shellcheck, codespell, mandoc, first lines of files, links of pages
	$(Q)tests/lib/deps.sh build lint
	$(Q)$(MAKE) --no-print-directory man
	$(Q)$(RUN) -t 2400 tests/lint.sh

map:  ## print what each file is for, by folder
	$(Q)tests/lint/map.sh

FUZZ_TIME ?= 60
fuzz:  ## run each fuzz target for FUZZ_TIME seconds
	$(Q)tests/lib/deps.sh build fuzz
	$(Q)FUZZ_TIME=$(FUZZ_TIME) $(RUN) -t $$(($(FUZZ_TIME) * 10 + 600)) tests/fuzz/run.sh; \
		rc=$$?; grep '^ok' $(LOGS)/fuzz-run.sh.log; exit $$rc

coverage:  ## line coverage of hotplug/ and policy/ by the unit, plan and netns tiers
	$(Q)tests/lib/deps.sh build test coverage
	$(Q)tests/coverage.sh
