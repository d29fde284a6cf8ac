# bash completion for git-docket, and for `git docket` by way of git's own completion.

# Sets COMPREPLY to what the command "$@" prints, of which the last argument is the word at the cursor.
__git_docket_reply() {
    local reply typed=${*: -1} before= breaks=
    # Bash completes only what stands behind these.
    [[ $COMP_WORDBREAKS == *=* ]] && breaks+='='
    [[ $COMP_WORDBREAKS == *:* ]] && breaks+=':'
    [[ -n $breaks ]] && before=${typed%"${typed##*[$breaks]}"}
    COMPREPLY=()
    while IFS= read -r reply; do
        COMPREPLY+=("${reply#"$before"}")
    done < <("$@" 2>/dev/null)
}

# Asks git-docket or `git docket`: the arguments up to -- are the command, those behind it the words.
__git_docket_ask() {
    local asked=()
    while [[ $1 != -- ]]; do
        asked+=("$1")
        shift
    done
    shift
    local how=()
    # In these modes, every line would be inserted as it is.
    [[ ${COMP_TYPE-} == 37 || ${COMP_TYPE-} == 42 ]] && how=(--plain)
    __git_docket_reply "${asked[@]}" complete --shell bash ${how[@]+"${how[@]}"} -- git-docket "$@"
}

# Sets __git_docket_words to the words up to the cursor: bash splits them at = and :, which belong to them here.
__git_docket_split() {
    local line=${COMP_LINE:0:COMP_POINT} rest word i
    __git_docket_words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        rest=${line#"${line%%[![:space:]]*}"}
        # The cursor may stand within the word.
        ((i == COMP_CWORD)) && word=$rest
        if ((i > 0)) && [[ $rest == "$line" ]]; then
            __git_docket_words[${#__git_docket_words[@]} - 1]+=$word
        else
            __git_docket_words+=("$word")
        fi
        line=${rest#"$word"}
    done
}

# git-docket WORDS…
__git_docket_main() {
    local __git_docket_words
    __git_docket_split
    __git_docket_ask git-docket -- "${__git_docket_words[@]:1}"
}

# git docket WORDS…; git's completion calls it.
_git_docket() {
    local at=${__git_cmd_idx:-1}
    while ((at < cword)) && [[ ${words[at]} != docket ]]; do
        ((at++))
    done
    __git_docket_ask git ${__git_C_args[@]+"${__git_C_args[@]}"} ${__git_dir:+"--git-dir=$__git_dir"} docket -- \
        "${words[@]:at + 1:cword - at}"
}

# git WORDS…, where git's own completion is not installed.
__git_docket_git() {
    local __git_docket_words at=1 options=()
    __git_docket_split
    while [[ ${__git_docket_words[at]-} == -C ]]; do
        options+=(-C "${__git_docket_words[at + 1]-}")
        ((at += 2))
    done
    if [[ ${__git_docket_words[at]-} == docket ]] && ((${#__git_docket_words[@]} > at + 1)); then
        __git_docket_ask git ${options[@]+"${options[@]}"} docket -- "${__git_docket_words[@]:at + 1}"
    else
        COMPREPLY=()
    fi
}

complete -o bashdefault -o default -o nospace -o nosort -F __git_docket_main git-docket 2>/dev/null ||
    complete -o bashdefault -o default -o nospace -F __git_docket_main git-docket
# Where git's completion is there, or is loaded when it is first needed, it is left alone.
if ! complete -p git >/dev/null 2>&1 && ! complete -p -D >/dev/null 2>&1; then
    complete -o bashdefault -o default -o nospace -F __git_docket_git git
fi
