//! What happened, when something failed.

super::texts! {
    cause() "cause" "causa";
    expected() "expected" "esperado";
    to_do() "do" "faça";
    no_runtime() "the program's threads cannot be started" "não foi possível iniciar as threads do programa";
    no_randomness(error)
        "the operating system gives no random bytes: {error}"
        "o sistema operacional não fornece bytes aleatórios: {error}";
    terminal_broken(error) "the terminal cannot be used: {error}" "não foi possível usar o terminal: {error}";
    no_data_folder()
        "the user's data folder is not known: neither XDG_DATA_HOME nor HOME is set"
        "a pasta de dados do usuário não é conhecida: nem XDG_DATA_HOME nem HOME está definida";
    no_account(folder) "there is no account in {folder}" "não há conta em {folder}";
    account_exists(folder) "the folder {folder} holds an account already" "a pasta {folder} já contém uma conta";
    settings_unreadable(path) "the settings {path} cannot be read" "não foi possível ler as configurações {path}";
    settings_unwritable(path) "the settings {path} cannot be written" "não foi possível gravar as configurações {path}";
    key_unreadable(path) "the key file {path} cannot be read" "não foi possível ler o arquivo de chave {path}";
    key_unwritable(path) "the key file {path} cannot be made" "não foi possível criar o arquivo de chave {path}";
    key_damaged(path)
        "the key file {path} does not hold a key"
        "o arquivo de chave {path} não contém uma chave";
    key_open(path)
        "the key file {path} can be read by others"
        "o arquivo de chave {path} pode ser lido por outros";
    key_other(folder)
        "the store in {folder} was made with another kind of key"
        "o armazenamento em {folder} foi criado com outro tipo de chave";
    no_keyring(error)
        "the system's keyring cannot be used: {error}"
        "não é possível usar o chaveiro do sistema: {error}";
    keyring_empty(folder)
        "the system's keyring has no key for {folder}"
        "o chaveiro do sistema não tem chave para {folder}";
    no_terminal(error)
        "the passphrase cannot be asked for: {error}"
        "não é possível pedir a senha: {error}";
    passphrase_empty() "the passphrase is empty" "a senha está vazia";
    passphrases_differ() "the two passphrases differ" "as duas senhas são diferentes";
    bad_stretching(error)
        "the passphrase cannot be stretched: {error}"
        "não é possível derivar a chave da senha: {error}";
    unreachable(address, seconds)
        "the relay {address} did not answer within {seconds} s"
        "o relay {address} não respondeu em {seconds} s";
    not_sent(seconds)
        "the message is safe on this device, but the relay did not take it within {seconds} s"
        "a mensagem está segura neste dispositivo, mas o relay não a recebeu em {seconds} s";
    not_done(seconds)
        "the relay did not finish this within {seconds} s"
        "o relay não concluiu isto em {seconds} s";
    no_such_person(handle)
        "@{handle} is not known on this device"
        "@{handle} não é conhecido neste dispositivo";
    no_such_room(name) "there is no room {name} on this device" "não há sala {name} neste dispositivo";
    several_rooms(name, rooms) "{name} can mean several rooms: {rooms}" "{name} pode ser várias salas: {rooms}";
    no_text() "there is no text to send" "não há texto para enviar";
    no_input(error) "standard input cannot be read: {error}" "não é possível ler a entrada padrão: {error}";
    no_output(error) "the output cannot be written: {error}" "não é possível escrever a saída: {error}";
    client_closed() "the connection was closed" "a conexão foi encerrada";
    unknown_code(code) "there is no error code {code}" "não há código de erro {code}";
    relay_not_running(folder)
        "no relay is running with the folder {folder}"
        "nenhum relay está em execução com a pasta {folder}";
    relay_silent(address, error)
        "the relay's status page {address} does not answer: {error}"
        "a página de estado {address} do relay não responde: {error}";
    status_unwritable(path) "the file {path} cannot be written" "não é possível gravar o arquivo {path}";
    no_signals(error) "Ctrl-C cannot be waited for: {error}" "não é possível aguardar Ctrl-C: {error}";
    folder_taken(path) "the folder {path} exists already" "a pasta {path} já existe";
    folder_unmade(path) "the folder {path} cannot be made" "não é possível criar a pasta {path}";
    folder_unread(path) "{path} cannot be read" "não é possível ler {path}";
}
