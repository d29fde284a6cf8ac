#compdef git-docket
# zsh completion for git-docket, and for `git docket`: zsh's completion of git calls this function for it.

_git-docket() {
    local -a at before values texts open_values open_texts
    local line value text
    # What git itself was told, where it is git that is completed.
    [[ $words[1] == docket && -n ${opt_args[-C]-} ]] && at=(-C "${(Q)opt_args[-C]}")
    before=("${(@Q)words[2,CURRENT-1]}")
    (( CURRENT > 2 )) || before=()
    for line in "${(@f)$(
        if [[ $words[1] == docket ]]; then
            command git $at docket complete --shell zsh -- git-docket "$before[@]" "${(Q)PREFIX}"
        else
            command git-docket complete --shell zsh -- git-docket "$before[@]" "${(Q)PREFIX}"
        fi 2>/dev/null
    )}"; do
        value=${line%%$'\t'*}
        text=${line#*$'\t'}
        [[ -n $value ]] || continue
        [[ -n $text ]] && text="$value  -- $text" || text=$value
        if [[ $value == *[/=] ]]; then
            open_values+=("$value")
            open_texts+=("$text")
        else
            values+=("$value")
            texts+=("$text")
        fi
    done
    local ret=1
    (( $#values )) && compadd -l -V git-docket -d texts -a values && ret=0
    (( $#open_values )) && compadd -S '' -l -V git-docket -d open_texts -a open_values && ret=0
    return ret
}

if [[ ${funcstack[1]-} == _git-docket ]]; then
    _git-docket "$@"
elif (( $+functions[compdef] )); then
    compdef _git-docket git-docket
fi
