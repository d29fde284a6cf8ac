# fish completion for git-docket and for `git docket`.

# Prints the words before the cursor: the command to ask, --, and what stands behind git-docket or `git docket`.
function __git_docket_line
    set -l words (commandline -opc)
    set -l asked git
    switch $words[1]
        case git-docket '*/git-docket'
            printf '%s\n' git-docket -- $words[2..-1]
            return 0
    end
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case docket
                printf '%s\n' $asked docket -- $words[2..-1]
                return 0
            case -C --git-dir --work-tree
                set -a asked $words[1..2]
                set -e words[1]
            case -c --namespace
                set -e words[1]
            case '--git-dir=*' '--work-tree=*'
                set -a asked $words[1]
            case '-*'
            case '*'
                return 1
        end
        set -e words[1]
    end
    return 1
end

function __git_docket_complete
    set -l line (__git_docket_line)
    set -l at (contains -i -- -- $line)
    set -l asked $line[1..(math $at - 1)]
    set -e line[1..$at]
    command $asked complete --shell fish -- git-docket $line (commandline -ct) 2>/dev/null
end

complete -c git-docket -f -k -a '(__git_docket_complete)'
complete -c git -n '__git_docket_line >/dev/null' -f -k -a '(__git_docket_complete)'
