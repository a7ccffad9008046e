# bash completion for leakreport. The options and their values are those that leakreport --help lists, asked when they
# are wanted, so that they are the installed leakreport's; behind --run they are the tracer's.
_leakreport() {
    local word=$2 command=$1 index runs= help
    # bash splits at "=": --leak-check = fu is one word for us.
    local line=${COMP_LINE:0:COMP_POINT}
    word=${line##*[[:space:]]}
    for ((index = 1; index < COMP_CWORD; index++)); do
        case ${COMP_WORDS[index]} in
        --run) runs=1 ;;
        -* | =) ;;
        *)
            [ "${COMP_WORDS[index - 1]}" = = ] && continue
            # Behind the program its own words; behind a log, logs.
            if [ -n "$runs" ] || ! [ -f "${COMP_WORDS[index]}" ] || [ -x "${COMP_WORDS[index]}" ]; then
                if declare -F _command_offset >/dev/null; then
                    _command_offset "$index"
                else
                    compopt -o default
                fi
                return
            fi
            ;;
        esac
    done
    help=$("${command/#\~/$HOME}" --help 2>/dev/null)
    if [ -n "$runs" ]; then
        # What the tracer has of the report's options, and its own.
        help=$(sed -n '/^Options of the tracer/,$p' <<<"$help"; grep -E '^  (--log-file|--leak-check|--leak-check-heuristics|--track-fds|-q|-v)([= ]|$)' <<<"$help")
    else
        help="$help
  --run"
    fi
    help=$(sed -n 's/^  \(-[^ ]*\).*/\1/p' <<<"$help")
    case $word in
    -*=*)
        local value=${word#*=} values
        values=$(sed -n "s/^${word%%=*}=//p" <<<"$help")
        case $values in
        FILE) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$value") ;;
        *\|*) mapfile -t COMPREPLY < <(compgen -W "${values//|/ }" -- "$value") ;;
        SET) mapfile -t COMPREPLY < <(compgen -W "all none" -- "$value") ;;
        esac
        ;;
    -*)
        mapfile -t COMPREPLY < <(compgen -W "$(sed 's/=.*/=/' <<<"$help")" -- "$word")
        [[ ${COMPREPLY[0]-} != *= || ${#COMPREPLY[@]} -ne 1 ]] || compopt -o nospace
        ;;
    *)
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$word"; case $word in */*) ;; ?*) compgen -c -- "$word" ;; esac)
        ;;
    esac
}
complete -F _leakreport leakreport
