//! What doctors say.

super::texts! {
    settings() "settings" "configurações";
    relay() "relay" "relay";
    runs(health) "runs, {health}" "em execução, {health}";
    does_not_run() "does not run" "parado";
    folder() "folder" "pasta";
    writable() "can be written" "pode ser gravada";
    with_next(fingerprint, next) "{fingerprint}, next {next}" "{fingerprint}, próxima {next}";
    made_at_start() "will be made at the first start" "será criado na primeira execução";
    make_writable(folder)
        "run the relay as the owner of {folder}, or give it to that user: chown -R"
        "execute o relay como dono de {folder} ou passe-a a esse usuário: chown -R";
    keys() "key file" "arquivo de chaves";
    bring_keys()
        "put back the copy of the key file that belongs to this store; without it the relay is another one to its users"
        "recoloque a cópia do arquivo de chaves deste armazenamento; sem ele o relay é outro para quem o usa";
    store() "store" "armazenamento";
    holds(size) "{size}, holds together" "{size}, íntegro";
    too_large_to_read(size)
        "{size}, opens; too large to read through here, `lacre relay backup` does"
        "{size}, abre; grande demais para ler aqui, `lacre relay backup` o faz";
    restore()
        "stop the relay and restore the last backup: lacre relay restore --from FILE --replace"
        "pare o relay e restaure o último backup: lacre relay restore --from ARQUIVO --replace";
    database_fits(store) "{store} answers and is this relay's" "{store} responde e é deste relay";
    database_empty(store)
        "{store} answers; its tables will be made at the first start"
        "{store} responde; as tabelas serão criadas na primeira execução";
    mend_database()
        "do what the line above says; a relay does not start on it as it is"
        "faça o que a linha acima diz; um relay não inicia com ele assim";
    objects() "large objects" "objetos grandes";
    takes_objects(place) "{place} takes and gives them" "{place} os recebe e devolve";
    mend_objects()
        "look at the bucket's name and at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL"
        "verifique o nome do bucket e AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION e AWS_ENDPOINT_URL";
    disk() "disk" "disco";
    not_known() "the system does not say" "o sistema não informa";
    make_room()
        "free space on that disk or make it larger; below the headroom messages are refused"
        "libere espaço nesse disco ou aumente-o; abaixo da reserva as mensagens são recusadas";
    certificate() "certificate" "certificado";
    mend_certificate()
        "put a good certificate and its key in the files; the relay reads them within seconds"
        "ponha um certificado bom e a chave nos arquivos; o relay os lê em segundos";
    renew_certificate()
        "renew it; the relay reads the files again by itself"
        "renove-o; o relay relê os arquivos sozinho";
    other_name(host)
        "it is not for {host}, under which people reach the relay; browsers will refuse it"
        "não é para {host}, em que as pessoas alcançam o relay; navegadores vão recusá-lo";
    port() "port" "porta";
    port_free(address) "{address} is free" "{address} está livre";
    port_ours(address) "{address}, in use by the relay" "{address}, em uso pelo relay";
    listens_elsewhere(address)
        "the relay that runs does not listen on {address}"
        "o relay em execução não escuta em {address}";
    same_settings()
        "give doctor the same settings as the relay, or restart the relay with these"
        "use as mesmas configurações do relay ou reinicie o relay com estas";
    other_port()
        "end what uses it (ss -lunp says what), or choose another with --listen"
        "encerre o que a usa (ss -lunp mostra) ou escolha outra com --listen";
    no_tcp()
        "end what uses it (ss -ltnp says what), choose another with --listen, or leave TCP alone with --websocket false"
        "encerre o que a usa (ss -ltnp mostra), escolha outra com --listen ou deixe TCP de lado com --websocket false";
    address() "address" "endereço";
    not_advertised(ip)
        "listens on {ip}, and no name is advertised"
        "escuta em {ip}, e nenhum nome é divulgado";
    advertise()
        "say with --advertise under which name people reach this relay; the address that is printed holds another"
        "diga com --advertise em que nome as pessoas alcançam este relay; o endereço mostrado contém outro";
    private()
        "people outside this network do not reach this address; that may be what you want"
        "quem está fora desta rede não alcança este endereço; pode ser o que você quer";
    name_record()
        "make an A or AAAA record for the name, or correct --advertise"
        "crie um registro A ou AAAA para o nome ou corrija --advertise";
    status_page() "status page" "página de estado";
    open_page()
        "it asks nobody who they are: keep it on 127.0.0.1 or behind a firewall"
        "ela não pede senha: mantenha-a em 127.0.0.1 ou atrás de um firewall";
    clock() "clock" "relógio";
    clock_fits() "not behind the store" "não está atrás do armazenamento";
    clock_behind(seconds)
        "{seconds} s behind a file of the store"
        "{seconds} s atrás de um arquivo do armazenamento";
    set_clock()
        "set the clock (timedatectl set-ntp true); times of messages depend on it"
        "acerte o relógio (timedatectl set-ntp true); as horas das mensagens dependem dele";
    buffers() "UDP buffers" "buffers UDP";
    up_to(size) "up to {size}" "até {size}";
    larger_buffers(bytes)
        "under load datagrams are dropped: sysctl -w net.core.rmem_max={bytes} net.core.wmem_max={bytes}"
        "sob carga datagramas se perdem: sysctl -w net.core.rmem_max={bytes} net.core.wmem_max={bytes}";
    descriptors() "open files" "arquivos abertos";
    more_descriptors(count)
        "allow {count} or more: ulimit -n, or LimitNOFILE= of the service"
        "permita {count} ou mais: ulimit -n, ou LimitNOFILE= do serviço";
    unwell() "something the relay stands on does not work" "algo de que o relay depende não funciona";
}
