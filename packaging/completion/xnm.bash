# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# xnm.bash - bash completion for xnm, xnm-vif, xnm-udev and xnm-guest.

# the vifs that there are notes on; "-v" puts vif before them
_xnm_vifs() {
	local file prefix=${1:+vif}

	for file in "${XNM_RUN_DIR:-/run/xnm}"/vif/*; do
		[[ -e $file ]] && printf '%s%s\n' "$prefix" "${file##*/}"
	done
}

# the names of their guests and devices
_xnm_names() {
	cat "${XNM_RUN_DIR:-/run/xnm}"/vif/* 2>/dev/null |
		sed -n 's/^\(domain\|ifname\|tap\)=//p' | sort -u
}

# the networks of the policy
_xnm_networks() {
	cat "${XNM_CONFIG:-/etc/xnm/xnm.ini}" /etc/xnm/policy.d/*.ini 2>/dev/null |
		sed -n 's/^\[network \(.*\)\]$/\1/p'
}

# the profiles of the policy
_xnm_profiles() {
	cat "${XNM_CONFIG:-/etc/xnm/xnm.ini}" /etc/xnm/policy.d/*.ini 2>/dev/null |
		sed -n 's/^\[profile \(.*\)\]$/\1/p'
}

# the schedules of the policy
_xnm_schedules() {
	cat "${XNM_CONFIG:-/etc/xnm/xnm.ini}" /etc/xnm/policy.d/*.ini 2>/dev/null |
		sed -n 's/^\[schedule \(.*\)\]$/\1/p'
}

# the uplinks that there are notes on
_xnm_uplinks() {
	local file

	for file in "${XNM_RUN_DIR:-/run/xnm}"/uplink/*; do
		[[ -e $file ]] && printf '%s\n' "${file##*/}"
	done
}

# the keys that can be set for a vif
_xnm_keys() {
	xnm set --help 2>/dev/null | sed -n 's/^  //p'
}

# _xnm_reply WORD...: those of the words that begin as the one under the cursor
_xnm_reply() {
	mapfile -t COMPREPLY < <(compgen -W "$*" -- "${COMP_WORDS[COMP_CWORD]}")
}

_xnm() {
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		_xnm_reply status check doctor address dnsmasq probe apply profile try rollback set reset run fastpath import help version
		return
	fi
	case ${COMP_WORDS[1]} in
	status)
		_xnm_reply --json -v "$(_xnm_vifs -v)" "$(_xnm_names)"
		;;
	address)
		_xnm_reply --mac --kernel "$(_xnm_vifs -v)" "$(_xnm_names)"
		;;
	fastpath)
		_xnm_reply --json "$(_xnm_vifs -v)" "$(_xnm_names)"
		;;
	dnsmasq)
		_xnm_reply "$(_xnm_networks)"
		;;
	import)
		_xnm_reply --host -o "$(compgen -f -X '!*.xml' -- "${COMP_WORDS[COMP_CWORD]}")"
		;;
	set | reset)
		if ((COMP_CWORD == 2)); then
			_xnm_reply "$(_xnm_vifs -v)" "$(_xnm_names)" "$([[ ${COMP_WORDS[1]} == set ]] || echo --all)"
		elif [[ ${COMP_WORDS[1]} == reset ]]; then
			_xnm_reply "$(_xnm_keys)"
		else
			compopt -o nospace
			_xnm_reply "$(_xnm_keys | sed 's/ /= /g; s/$/=/')"
		fi
		;;
	probe)
		_xnm_reply "$(_xnm_uplinks)"
		;;
	try)
		case ${COMP_WORDS[COMP_CWORD - 1]} in
		profile) _xnm_reply "$(_xnm_profiles)" ;;
		--timeout) ;;
		*) _xnm_reply --timeout profile ;;
		esac
		;;
	apply)
		_xnm_reply --dry-run
		;;
	profile)
		case ${COMP_WORDS[2]},$COMP_CWORD in
		*,2) _xnm_reply list use ;;
		list,*) _xnm_reply --json ;;
		use,3) _xnm_reply --default "$(_xnm_profiles)" ;;
		esac
		;;
	run)
		_xnm_reply --speed --keep --json --dry-run "$(_xnm_schedules)"
		;;
	check)
		if [[ ${COMP_WORDS[COMP_CWORD]} == -* ]]; then
			_xnm_reply -v
			return
		fi
		mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
		compopt -o filenames
		;;
	esac
}

_xnm_vif() {
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		_xnm_reply online offline add remove plan reapply gc help version
		return
	fi
	case ${COMP_WORDS[1]} in
	online | offline)
		_xnm_reply type_if=vif XENBUS_PATH= vif= bridge=
		;;
	add | remove)
		_xnm_reply type_if=tap XENBUS_PATH= INTERFACE= bridge=
		;;
	plan)
		_xnm_reply online offline add remove --domid --devid "$(_xnm_vifs)" "$(_xnm_vifs -v)"
		;;
	reapply)
		((COMP_CWORD > 2)) || _xnm_reply all "$(_xnm_vifs)" "$(_xnm_vifs -v)"
		;;
	esac
}

_xnm_udev() {
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		_xnm_reply boot add remove change plan help version
		return
	fi
	case ${COMP_WORDS[1]} in
	add | remove | change | plan)
		((COMP_CWORD > 2)) || _xnm_reply "$(ls /sys/class/net)"
		;;
	esac
}

# in a guest
_xnm_guest() {
	local dev

	COMPREPLY=()
	[[ ${COMP_WORDS[COMP_CWORD - 1]} != --domain ]] || return
	_xnm_reply --print --watch --domain --help --version all \
		"$(for dev in /sys/class/net/*; do echo "${dev##*/}"; done)"
}

complete -F _xnm xnm
complete -F _xnm_guest xnm-guest
complete -F _xnm_udev xnm-udev
complete -F _xnm_vif xnm-vif
