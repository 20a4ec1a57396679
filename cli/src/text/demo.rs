//! The demonstration: what it says, and what its people say.

super::texts! {
    title() "three people, one relay, this machine" "três pessoas, um relay, esta máquina";
    relay_started(address) "relay on {address}, its store on disk" "relay em {address}, com armazenamento em disco";
    signed_up(people) "{people}: three accounts, keys made on each device" "{people}: três contas, chaves criadas em cada dispositivo";
    direct(from, to) "{from} wrote to {to} alone; read after" "{from} escreveu só para {to}; lida após";
    group(count, room) "group “{room}” with {count} people, post-quantum keys" "grupo “{room}” com {count} pessoas, chaves pós-quânticas";
    talked(count) "{count} messages, read by everybody" "{count} mensagens, lidas por todos";
    edited(who) "{who} corrected a message; the others see the new text" "{who} corrigiu uma mensagem; os outros veem o novo texto";
    reacted(who) "{who} reacted; it is shown with the message" "{who} reagiu; aparece com a mensagem";
    went_offline(who) "{who} went offline" "{who} ficou sem conexão";
    missed(count) "{count} messages meanwhile, durable at the relay" "{count} mensagens enquanto isso, gravadas no relay";
    caught_up(who, count) "{who} came back and read all {count}, in order" "{who} voltou e leu todas as {count}, em ordem";
    removed(who) "{who} was removed; the group has new keys" "{who} foi removida; o grupo tem novas chaves";
    cannot_read(who) "{who} is online and cannot read what came after" "{who} está conectada e não consegue ler o que veio depois";
    read_by_people() "what people read" "o que as pessoas leem";
    stored_by_relay() "what the relay stored" "o que o relay guardou";
    envelope(seq, size) "#{seq}  {size} bytes" "#{seq}  {size} bytes";
    padded()
        "every envelope is padded: equal sizes do not mean equal texts"
        "todo envelope é preenchido: tamanhos iguais não significam textos iguais";
    proof() "the proof" "a prova";
    sees(count) "the search can find: {count} of {count} planted texts found in a control file" "a busca encontra: {count} de {count} textos plantados em um arquivo de controle";
    searched(texts, files, size)
        "{texts} texts and names searched as UTF-8 and UTF-16 in {files} files, {size}"
        "{texts} textos e nomes procurados em UTF-8 e UTF-16 em {files} arquivos, {size}";
    none_found() "none of them stands on any disk, neither the relay's nor the people's" "nenhum deles está em disco algum, nem do relay nem das pessoas";
    handles() "handles are known to the relay, by which people are found; searched on the people's disks only" "os nomes de usuário o relay conhece, para encontrar pessoas; procurados só nos discos das pessoas";
    found(text, file) "“{text}” stands readable in {file}" "“{text}” está legível em {file}";
    blind(count, all) "the search found only {count} of {all} planted texts" "a busca encontrou só {count} de {all} textos plantados";
    stuck(who, what) "{who} waited 20 s for: {what}" "{who} esperou 20 s por: {what}";
    wrong(what) "this should not have happened: {what}" "isto não deveria ter acontecido: {what}";
    no_envelope(seq) "message {seq} is not in the relay's store" "a mensagem {seq} não está no armazenamento do relay";
    store_unreadable(error) "the relay's store cannot be read: {error}" "o armazenamento do relay não pode ser lido: {error}";
    sending() "the relay to take it" "o relay receber";
    done(seconds) "done in {seconds} s" "concluído em {seconds} s";
    kept(folder) "kept in {folder}; try: lacre history --data {folder}/ana" "guardado em {folder}; tente: lacre history --data {folder}/ana";
    try_it() "next: lacre relay dev" "a seguir: lacre relay dev";

    room() "Sunday at the beach" "Domingo na praia";
    secret() "Do not tell Clara: we plan her birthday." "Não conte à Clara: planejamos o aniversário dela.";
    question() "Who brings the parasol on Sunday?" "Quem leva o guarda-sol no domingo?";
    answer() "I do. And the big cooler box." "Eu levo. E a caixa térmica grande.";
    mistake() "Let us meet at the pier at nine." "Vamos nos encontrar no píer às nove.";
    correction() "Let us meet at the pier at half past eight." "Vamos nos encontrar no píer às oito e meia.";
    chatter(number) "Still thinking about snacks, idea number {number}." "Ainda pensando nos lanches, ideia número {number}.";
    last() "Now that we are two: the cake has three layers." "Agora que somos dois: o bolo tem três camadas.";
    apology() "Sorry Clara, one evening without you in the group." "Desculpe Clara, uma noite sem você no grupo.";
}
