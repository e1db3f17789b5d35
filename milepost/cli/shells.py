"""What makes a shell complete `milepost …`: each script asks the command itself for the words that fit."""

from __future__ import annotations

BASH = r"""# Completion of milepost for bash: put `eval "$(milepost completion bash)"` into ~/.bashrc.
_milepost() {
    local line word typing=${COMP_WORDS[COMP_CWORD]}
    local -a typed=()
    COMPREPLY=()
    # Words come as they were typed, with what keeps their blanks together.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        case $word in
        \'?*\') word=${word:1:-1} ;;
        \'*) word=${word:1} ;;
        \"*[!\\]\") word=${word:1:-1} word=${word//\\/} ;;
        *) word=${word#\"} word=${word//\\/} ;;
        esac
        typed+=("$word")
    done
    while IFS= read -r line; do
        line=${line%%$'\t'*}
        case $typing in # a quotation mark that is open stays, and what stands in it is written as it asks
        \'*) line=${line//\'/\'\\\'\'} ;;
        \"*) line=${line//\\/\\\\} line=${line//\"/\\\"} line=${line//\$/\\\$} line=${line//\`/\\\`} ;;
        *) case $line in *[!A-Za-z0-9_.:/=,-]*) line=$(printf '%q' "$line") ;; esac ;;
        esac
        COMPREPLY+=("$line")
    done < <(milepost completion words -- "${typed[@]}" 2>/dev/null)
}
complete -o default -F _milepost milepost
"""

ZSH = r"""#compdef milepost
# Completion of milepost for zsh: put `eval "$(milepost completion zsh)"` into ~/.zshrc, after compinit.
_milepost() {
    local value says
    local -a found typed
    # Words come as they were typed, the last one perhaps with a quotation mark that is open.
    typed=("${(@Q)words[2,CURRENT]}")
    case ${typed[-1]} in
    \'*) typed[-1]=${typed[-1]#?} ;;
    \"*) typed[-1]=${${typed[-1]#?}//\\/} ;;
    esac
    while IFS=$'\t' read -r value says; do
        found+=("${value//:/\\:}${says:+:$says}")
    done < <(milepost completion words -- "${(@)typed}" 2>/dev/null)
    if (( ${#found} )); then
        _describe -t words 'milepost' found -M 'm:{a-zA-Z}={A-Za-z}'
    else
        _files
    fi
}
compdef _milepost milepost
"""

FISH = r"""# Completion for fish: milepost completion fish > ~/.config/fish/completions/milepost.fish
function __milepost_words
    # The word that is being typed comes as it was typed, perhaps with a quotation mark that is open.
    set -l now (commandline -ct)
    set -l said (string unescape -- $now; or string replace -r '^[\'"]' '' -- $now)
    set -l typed (commandline -opc) "$said"
    milepost completion words -- $typed[2..-1] 2>/dev/null
end
complete -c milepost -f -a '(__milepost_words)'
complete -c milepost -n '__fish_seen_subcommand_from apply restore score export backup' -F
"""

POWERSHELL = """\
# Completion of milepost for PowerShell: put this into your $PROFILE:
#   milepost completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName milepost -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition }
    $typed = @($before | Select-Object -Skip 1 | ForEach-Object { "$_".Trim("'", '"') -replace "''", "'" })
    # Older PowerShells pass no empty words on, so a blank stands for the one that begins.
    if (-not $wordToComplete) { $typed += ' ' }
    # Windows reads what programs print in the code page of old consoles, unless it is told otherwise.
    $encoding = [Console]::OutputEncoding
    [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new()
    try {
        $found = @(milepost completion words -- @typed 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
    }
    $found | ForEach-Object {
        $value, $says = $_ -split "`t", 2
        $written = $value
        # A comma would make two words of it, and quotation marks of typographers quote as well.
        $doubled = $value -replace "['\\u2018-\\u201B]", '$0$0'
        if ($value -match '[^\\w./:=-]') { $written = "'" + $doubled + "'" }
        $shown = if ($says) { $says } else { $value }
        [System.Management.Automation.CompletionResult]::new($written, $value, 'ParameterValue', $shown)
    }
}
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH, "powershell": POWERSHELL}
